import type { NewDeskEpoch, NewItem } from '../cases/sealed-case.js';
import type { Action, StepKind } from './duty-steps.js';
import type { NoActionReason } from './no-action.js';

/** What is sent to record a step: what of it is in clear, and what is said about it in sealed words. */
export interface SentStep {
  /** UUIDv4 that the browser chose. */
  readonly id: string;
  /** The number that it is to have: one more than there were when the page was looked at. */
  readonly number: number;
  /** To the person, or as a note for the desk. */
  readonly item?: NewItem | undefined;
  /** Beside a note, where that begins the desk key. */
  readonly desk?: NewDeskEpoch | undefined;
  /** Days are YYYY-MM-DD. */
  readonly receivedOn?: string;
  readonly orally?: boolean;
  readonly asked?: boolean;
  readonly expectedOn?: string;
  readonly actions?: readonly Action[];
  readonly reason?: NoActionReason | undefined;
  readonly discloserConsultedOn?: string | undefined;
  readonly recipientConsultedOn?: string | undefined;
}

/** A step to be recorded. */
export interface NewStep extends SentStep {
  readonly kind: Exclude<StepKind, 'reopen'>;
}

import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { Case } from './case.entity.js';

/** The steps of a case's timeline. */
export const CASE_EVENT_KINDS = [
  'lodged',
  'placed',
  'acknowledged',
  'assigned',
  'reply',
  'message',
  'closed',
  'reopened',
  'split',
  'reader_joined',
  'commitment_differs',
  'considered',
  'asked_elsewhere',
  'noted_elsewhere',
  'longer_expected',
  'progress_told',
  'dealt_with',
  'told_why',
  'name_released',
  'support_looked_at',
  'referral_held',
  'referral_proposed',
  'referral_consented',
  'referral_grounded',
  'referral_refused',
  'referral_withdrawn',
  'referral_stopped',
  'referral_declined',
  'referral_accepted',
  'handed_over',
] as const;
export type CaseEventKind = (typeof CASE_EVENT_KINDS)[number];

/** One step of the timeline that the person and the agency both see. */
@Entity('case_events')
@Unique('uq_case_events_case_id_position', ['caseId', 'position'])
export class CaseEvent {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_case_events' })
  id: string;

  @Column({ name: 'case_id', type: 'uuid' })
  caseId: string;

  @ManyToOne(() => Case)
  @JoinColumn({ name: 'case_id', foreignKeyConstraintName: 'fk_case_events_case_id' })
  case: unknown;

  @Column({ type: 'text' })
  kind: CaseEventKind;

  /** The agency that took the step, or with which the person took it. */
  @Column({ name: 'agency_id', type: 'text' })
  agencyId: string;

  @Column({ name: 'happened_on', type: 'date' })
  happenedOn: string;

  /** Order within the case, from 1. */
  @Column({ type: 'integer' })
  position: number;
}

import type { EntityManager } from 'typeorm';
import type { Directory } from '../agencies/directory.js';
import { currentReaders, type Reader } from '../agencies/readers.js';

import type { CasePath, Delivery } from '../cases/case.entity.js';
import type { Decision } from '../routing/decide.js';
import { Conflict, Invalid } from '../web/errors.js';

/** Who a case goes to, and by which way. */
export interface Receiver {
  /** The body meant: decided, or chosen by the person. */
  readonly destination: { readonly id: string; readonly name: string };
  readonly delivery: Delivery;
  /** The agency that receives it now: the destination, or the triage desk. */
  readonly agencyId: string;
  readonly readers: readonly Reader[];
  /** Whether a recovery key on paper opens it too. */
  readonly onPaper: boolean;
}

interface Wish {
  readonly path: CasePath;
  readonly decision: Decision;
  /** The agency's id, where the person chose one. */
  readonly chosen: string | undefined;
  readonly delivery: Delivery | undefined;
}

/** Where a case should go: as the person chose, else as decided. What the facets do not settle waits for a human. */
export function wantedDestination(decision: Decision, chosen: string | undefined): string | null {
  return chosen ?? (decision.outcome === 'triage' ? null : (decision.destination?.id ?? null));
}

/**
 * Finds who can receive a case: its destination where that is open, else the triage desk.
 *
 * @throws {Invalid} for a chosen destination that is not in the directory, that nobody goes to first, or that the case
 *   may not go to because it is about it
 * @throws {Conflict} `not_open` where nobody can receive anything yet
 */
export async function chooseReceiver(
  manager: EntityManager,
  directory: Directory,
  triageAgency: string,
  wish: Wish,
): Promise<Receiver> {
  const { withheld } = wish.decision;
  if (wish.chosen !== undefined) refuseWrong(directory, wish.chosen, withheld);
  const agencyId = wantedDestination(wish.decision, wish.chosen);
  const destinationId = agencyId ?? triageAgency;
  const destination = { id: destinationId, name: directory.nameOf(destinationId) };
  if (agencyId !== null && agencyId !== triageAgency && wish.delivery !== 'triage_desk') {
    const found = await readersOf(manager, agencyId, wish.path);
    if (found) return { destination, delivery: 'direct', agencyId, ...found };
  }
  const found = withheld.includes(triageAgency) ? null : await readersOf(manager, triageAgency, wish.path);
  if (!found) throw new Conflict('not_open', 'Nobody can receive this here yet. Nothing was stored.');
  return { destination, delivery: 'triage_desk', agencyId: triageAgency, ...found };
}

function refuseWrong(directory: Directory, chosen: string, withheld: readonly string[]): void {
  const entry = directory.get(chosen);
  if (!entry || entry.kind === 'guard_entry') {
    throw refused('unknown_destination', 'This is not an agency that can receive it.');
  }
  if (withheld.includes(chosen)) {
    throw refused(
      'withheld',
      'You said that it is not safe to go there, or that it is about its head. If that is not so, change that answer.',
    );
  }
}

function refused(code: string, message: string): Invalid {
  return new Invalid([{ field: 'destination', code, message }]);
}

async function readersOf(
  manager: EntityManager,
  agencyId: string,
  path: CasePath,
): Promise<Pick<Receiver, 'readers' | 'onPaper'> | null> {
  const found = await currentReaders(manager, agencyId);
  if (!found?.open) return null;
  const readers = path === 'complaint' ? found.complaints : found.disclosures;
  if (readers.length === 0) return null;
  const onPaper = path === 'complaint' ? found.complaintsOnPaper : readers.some(({ recovery }) => recovery === true);
  return { readers, onPaper };
}

/** Domains of the websites of some organisations; of those that have none, nothing. */
export function websitesOf(directory: Directory, ids: readonly string[]): string[] {
  return ids.flatMap((id) => directory.get(id)?.website?.domain ?? []);
}

import type { EntityManager } from 'typeorm';
import type { Directory } from '../agencies/directory.js';
import { currentReaders } from '../agencies/readers.js';
import type { CasePath, Delivery } from '../cases/case.entity.js';
import type { Decision } from '../routing/decide.js';
import type { PublicKey } from '../vault/keys.js';
import { Conflict, Invalid } from '../web/errors.js';

/** Who a case goes to, and by which way. */
export interface Receiver {
  /** The body meant: decided, or chosen by the person. */
  readonly destination: { readonly id: string; readonly name: string };
  readonly delivery: Delivery;
  /** The agency that receives it now: the destination, or the triage desk. */
  readonly agencyId: string;
  readonly readers: readonly PublicKey[];
}

interface Wish {
  readonly path: CasePath;
  /** The agency's id, or null where a human has to decide. */
  readonly destination: string | null;
  readonly delivery: Delivery | undefined;
}

/** Where a case should go: as the person chose, else as decided. What the facets do not settle waits for a human. */
export function wantedDestination(decision: Decision, chosen: string | undefined): string | null {
  return chosen ?? (decision.outcome === 'triage' ? null : (decision.destination?.id ?? null));
}

/**
 * Finds who can receive a case: its destination where that is open, else the triage desk.
 *
 * @throws {Invalid} for a destination that is not in the directory or that no first complaint may go to
 * @throws {Conflict} `not_open` where nobody can receive anything yet
 */
export async function chooseReceiver(
  manager: EntityManager,
  directory: Directory,
  triageAgency: string,
  wish: Wish,
): Promise<Receiver> {
  const agencyId = wish.destination;
  const destination = nameOf(directory, wish.destination ?? triageAgency);
  if (agencyId !== null && agencyId !== triageAgency && wish.delivery !== 'triage_desk') {
    const readers = await readersOf(manager, agencyId, wish.path);
    if (readers) return { destination, delivery: 'direct', agencyId, readers };
  }
  const readers = await readersOf(manager, triageAgency, wish.path);
  if (!readers) throw new Conflict('not_open', 'Nobody can receive this here yet. Nothing was stored.');
  return { destination, delivery: 'triage_desk', agencyId: triageAgency, readers };
}

/** @throws {Invalid} where the directory has no such agency, or it is never a first receiver */
function nameOf(directory: Directory, id: string): { id: string; name: string } {
  const entry = directory.get(id);
  if (!entry || id === 'minister_or_mp') {
    throw new Invalid([
      { field: 'destination', code: 'unknown_destination', message: 'This is not an agency that can receive it.' },
    ]);
  }
  return { id, name: entry.name.en };
}

async function readersOf(
  manager: EntityManager,
  agencyId: string,
  path: CasePath,
): Promise<readonly PublicKey[] | null> {
  const found = await currentReaders(manager, agencyId);
  if (!found?.open) return null;
  const readers = path === 'complaint' ? found.complaints : found.disclosures;
  return readers.length > 0 ? readers : null;
}

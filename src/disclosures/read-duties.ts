import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import { caseFor, timeKept } from '../cases/case-access.js';
import type { Case } from '../cases/case.entity.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { mayTakeSteps } from './disclosure.policy.js';
import { dutyRound, type DutyRound } from './read-steps.js';
import { supportOf, type Support } from './support/read-support.js';
import { whyNotClosed } from './why-not-closed.js';

/** How a disclosure stands, as its page shows it. */
export interface Duties {
  readonly found: Case;
  /** Null while it is being placed. */
  readonly duties: DutyRound | null;
  /** How the person is supported; null as above. */
  readonly support: Support | null;
  /** Names of those who took the steps, by their ids. */
  readonly names: ReadonlyMap<string, string>;
  /** Codes of what stands in the way of closing it. */
  readonly notClosed: readonly string[];
}

/**
 * Reads the steps of a disclosure. Reading is audited in the same transaction.
 *
 * @throws {NotFound} also to those who may not know of the case, and of a complaint
 */
export async function readDuties(manager: EntityManager, actor: StaffActor, id: string): Promise<Duties> {
  const found = await caseFor(manager, actor, id, mayTakeSteps);
  const duties = (await dutyRound(manager, found)) ?? null;
  const people = await manager.query<{ id: string; name: string }[]>(
    `SELECT id, display_name AS name FROM staff WHERE id = ANY ($1)`,
    [[...new Set(duties?.steps.map(({ takenBy }) => takenBy))]],
  );
  const notClosed = found.status === 'closed' ? [] : await whyNotClosed(manager, found);
  const support = await supportOf(manager, found);
  await append(manager, { action: 'disclosure.duties_read', actor, caseId: found.id, ...timeKept(found) });
  return { found, duties, support, names: new Map(people.map((one) => [one.id, one.name])), notClosed };
}

import type { EntityManager } from 'typeorm';
import { append } from '../../audit/audit.js';
import { caseFor, timeKept } from '../../cases/case-access.js';
import type { Case } from '../../cases/case.entity.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { mayTakeSteps } from '../disclosure.policy.js';
import type { SupportKind } from './support-kinds.js';
import { supportRound } from './set-support-due.js';

/** How whoever discloses is supported by the agency that has the disclosure. Days are YYYY-MM-DD. */
export interface Support {
  readonly round: number;
  /** How often the day was set: what is sent names the next. */
  readonly number: number;
  /** When it is to be looked at again; null where no day is set. */
  readonly dueOn: string | null;
  /** Oldest first. */
  readonly reviews: readonly {
    readonly kind: SupportKind;
    readonly itemId: string;
    readonly by: string | null;
    readonly madeOn: string;
    readonly nextOn: string | null;
  }[];
}

/** A disclosure with how its person is supported; null while it is being placed. */
export interface SupportRead {
  readonly found: Case;
  readonly support: Support | null;
}

/** How the person of a disclosure is supported; null while it is being placed. */
export async function supportOf(manager: EntityManager, { id }: Pick<Case, 'id'>): Promise<Support | null> {
  const round = await supportRound(manager, id);
  if (round === undefined) return null;
  const [due] = await manager.query<Pick<Support, 'number' | 'dueOn'>[]>(
    `SELECT number, to_char(due_on, 'YYYY-MM-DD') AS "dueOn" FROM support_due WHERE case_id = $1 AND round = $2`,
    [id, round],
  );
  const reviews = await manager.query<Support['reviews'][number][]>(
    `SELECT r.kind, r.item_id AS "itemId", s.display_name AS by, to_char(r.made_on, 'YYYY-MM-DD') AS "madeOn",
            to_char(r.next_on, 'YYYY-MM-DD') AS "nextOn"
       FROM support_reviews r LEFT JOIN staff s ON s.id = r.made_by
      WHERE r.case_id = $1 AND r.round = $2 ORDER BY r.number`,
    [id, round],
  );
  return { round, number: due?.number ?? 0, dueOn: due?.dueOn ?? null, reviews };
}

/** What may be written now: there is nothing to check again before the risk was assessed. */
export function mayBeWritten({ reviews }: Support, kind: SupportKind): boolean {
  return kind !== 'recheck' || reviews.some((review) => review.kind === 'assessment');
}

/**
 * Reads how the person of a disclosure is supported. Reading is audited in the same transaction.
 *
 * @throws {NotFound} also to those who may not know of the case, and of a complaint
 */
export async function readSupport(manager: EntityManager, actor: StaffActor, id: string): Promise<SupportRead> {
  const found = await caseFor(manager, actor, id, mayTakeSteps);
  const support = await supportOf(manager, found);
  await append(manager, { action: 'disclosure.support_read', actor, caseId: found.id, ...timeKept(found) });
  return { found, support };
}

import type { EntityManager } from 'typeorm';
import { isRefusedByRole, isUniqueViolation, type Database } from '../../config/database.js';
import { Conflict } from '../web/errors.js';
import type { IdempotentRequest } from './idempotency.js';

/** Another request with the same key committed first; this one's transaction is rolled back. */
class AnsweredMeanwhile extends Error {}

/** Takes the key of a request for its answer, in the transaction of what is answered. */
export type Claim = (answer: object) => Promise<void>;

/**
 * Stores a case in a transaction of its own, once however often it is sent.
 *
 * @param caseId made up by whoever sealed
 * @param store stores it, after it has claimed its answer
 * @returns what it answers, or what was answered before
 * @throws {Conflict} `idempotency_key_reused`; `already_lodged` when the same sealed parts came before under another key
 */
export async function storeOnce<T extends object>(
  database: Database,
  request: IdempotentRequest,
  caseId: string,
  store: (manager: EntityManager, claim: Claim) => Promise<T>,
): Promise<T> {
  try {
    return await database.asActor({ kind: 'public' }, async (manager) => {
      const claim = async (answer: object): Promise<void> => {
        if (!(await request.claim(manager, answer))) throw new AnsweredMeanwhile();
      };
      return (await request.earlierAnswer<T>(manager)) ?? store(manager, claim);
    });
  } catch (error) {
    const there = (): Promise<boolean> => database.asActor({ kind: 'public' }, (manager) => isThere(manager, caseId));
    if (isTaken(error) || (isRefusedByRole(error) && (await there()))) throw alreadyLodged();
    if (!(error instanceof AnsweredMeanwhile)) throw error;
    return database.asActor({ kind: 'public' }, async (manager) => {
      const answer = await request.earlierAnswer<T>(manager);
      if (!answer) throw error;
      return answer;
    });
  }
}

/** Whoever seals makes up the ids: one that is there already comes from the same parts, sent again under another key. */
function isTaken(error: unknown): boolean {
  return isUniqueViolation(error) && !isUniqueViolation(error, 'uq_cases_reference');
}

/**
 * Whether a case is there, whoever lodged it. Row security takes nothing more for one that is, and refuses it before a key
 * could be found taken.
 */
export async function isThere(manager: EntityManager, caseId: string): Promise<boolean> {
  const [row] = await manager.query<{ isNew: boolean }[]>('SELECT is_new($1) AS "isNew"', [caseId]);
  return row?.isNew === false;
}

/** For what was sealed and sent before, under a key of which no answer is kept. */
export function alreadyLodged(): Conflict {
  return new Conflict('already_lodged', 'This was lodged before. Nothing more was stored.');
}

import { Injectable } from '@nestjs/common';
import { QueryFailedError, type DataSource, type EntityManager } from 'typeorm';

/** On whose behalf a statement runs; row security and the audit log both speak of it. */
export type Actor =
  | { readonly kind: 'public' }
  | { readonly kind: 'mailbox'; readonly caseId: string }
  | { readonly kind: 'staff'; readonly staffId: string; readonly agencyId: string }
  | { readonly kind: 'system'; readonly name: string };

/** The application's one way to PostgreSQL. */
@Injectable()
export class Database {
  constructor(readonly dataSource: DataSource) {}

  /**
   * Runs `work` in one transaction in which PostgreSQL knows who acts (`onedoor.actor`, transaction-local, so that a
   * pooled connection carries nobody over to the next). Commits when `work` resolves, rolls back when it throws.
   *
   * @param actor who acts
   * @param work what to do with the open transaction
   * @param options `oneMoment`: all that is read is as it was at one moment, and not each statement at its own; for work
   *   that reads and changes nothing
   * @returns what `work` returned, after the commit
   */
  async asActor<T>(
    actor: Actor,
    work: (manager: EntityManager) => Promise<T>,
    { oneMoment = false }: { readonly oneMoment?: boolean } = {},
  ): Promise<T> {
    const acting = async (manager: EntityManager): Promise<T> => {
      await manager.query(
        `SELECT set_config('onedoor.actor_kind', $1, true), set_config('onedoor.actor_id', $2, true),
                set_config('onedoor.actor_agency', $3, true)`,
        [actor.kind, actorId(actor), actor.kind === 'staff' ? actor.agencyId : ''],
      );
      return work(manager);
    };
    return oneMoment ? this.dataSource.transaction('REPEATABLE READ', acting) : this.dataSource.transaction(acting);
  }
}

/** PostgreSQL's code of a row that is there already (SQLSTATE, appendix A of its manual). */
const UNIQUE_VIOLATION = '23505';

/**
 * Whether a statement failed because such a row is there already.
 *
 * @param error what was thrown
 * @param constraint name of the constraint it must have run into; any, when left out
 */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const driver = error.driverError as { code?: string; constraint?: string };
  return driver.code === UNIQUE_VIOLATION && (constraint === undefined || driver.constraint === constraint);
}

function actorId(actor: Actor): string {
  switch (actor.kind) {
    case 'public':
      return '';
    case 'mailbox':
      return actor.caseId;
    case 'staff':
      return actor.staffId;
    case 'system':
      return actor.name;
  }
}

import { Injectable } from '@nestjs/common';
import { QueryFailedError, type DataSource, type EntityManager } from 'typeorm';
import { roleOf, type DatabaseRole } from './database-roles.js';

/** On whose behalf a statement runs; row security and the audit log both speak of it. */
export type Actor =
  | { readonly kind: 'public' }
  | { readonly kind: 'mailbox'; readonly caseId: string }
  | {
      readonly kind: 'staff';
      readonly staffId: string;
      readonly agencyId: string;
      /** Without them nothing is seen that takes a role. */
      readonly roles?: readonly string[];
    }
  | { readonly kind: 'system'; readonly name: string };

/** The application's one way to PostgreSQL. */
@Injectable()
export class Database {
  /**
   * @param dataSource a pool whose login may become what work is done as
   * @param operatorAgency the agency whose administrators look after the whole service
   */
  constructor(
    readonly dataSource: DataSource,
    private readonly operatorAgency = 'triage',
  ) {}

  /**
   * Runs `work` in one transaction in which PostgreSQL knows who acts (`onedoor.actor_…`) and grants what such work needs
   * (its role). Both are transaction-local, so that a pooled connection carries nobody over to the next, and outside such a
   * transaction there is nothing to see: the login has no rights of its own. Commits when `work` resolves, rolls back when
   * it throws.
   *
   * @param actor who acts
   * @param work what to do with the open transaction
   * @param options `oneMoment`: all that is read is as it was at one moment, and not each statement at its own; for work
   *   that reads and changes nothing. `role`: as another role than the actor's, to read the log as an auditor
   * @returns what `work` returned, after the commit
   */
  async asActor<T>(
    actor: Actor,
    work: (manager: EntityManager) => Promise<T>,
    { oneMoment = false, role = roleOf(actor) }: { readonly oneMoment?: boolean; readonly role?: DatabaseRole } = {},
  ): Promise<T> {
    const acting = async (manager: EntityManager): Promise<T> => {
      await manager.query(TAKE_UP, [role, ...contextOf(actor, this.operatorAgency)]);
      return work(manager);
    };
    return oneMoment ? this.dataSource.transaction('REPEATABLE READ', acting) : this.dataSource.transaction(acting);
  }
}

/* SET LOCAL ROLE and SET LOCAL of the rest, in one round trip and with parameters. */
const TAKE_UP = `
  SELECT set_config('role', $1, true), set_config('onedoor.actor_kind', $2, true), set_config('onedoor.actor_id', $3, true),
         set_config('onedoor.actor_agency', $4, true), set_config('onedoor.actor_roles', $5, true),
         set_config('onedoor.actor_operator', $6, true)`;

/** PostgreSQL's code of a row that is there already (SQLSTATE, appendix A of its manual). */
const UNIQUE_VIOLATION = '23505';

/**
 * Whether a statement failed because such a row is there already.
 *
 * @param error what was thrown
 * @param constraint name of the constraint it must have run into; any, when left out
 */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  const driver = driverErrorOf(error);
  return driver?.code === UNIQUE_VIOLATION && (constraint === undefined || driver.constraint === constraint);
}

/** PostgreSQL's code of what a role or row security does not allow. */
const INSUFFICIENT_PRIVILEGE = '42501';

/** Whether row security, or a role that has not the right, refused a statement. */
export function isRefusedByRole(error: unknown): boolean {
  return driverErrorOf(error)?.code === INSUFFICIENT_PRIVILEGE;
}

function driverErrorOf(error: unknown): { readonly code?: string; readonly constraint?: string } | undefined {
  return error instanceof QueryFailedError ? (error.driverError as { code?: string; constraint?: string }) : undefined;
}

/** Kind, id, agency, roles and whether the agency is the operator's; empty where there is nothing to say. */
function contextOf(actor: Actor, operatorAgency: string): readonly [string, string, string, string, string] {
  switch (actor.kind) {
    case 'public':
      return [actor.kind, '', '', '', ''];
    case 'mailbox':
      return [actor.kind, actor.caseId, '', '', ''];
    case 'staff': {
      const { staffId, agencyId, roles = [] } = actor;
      return [actor.kind, staffId, agencyId, roles.join(','), agencyId === operatorAgency ? 'on' : ''];
    }
    case 'system':
      return [actor.kind, actor.name, '', '', ''];
  }
}

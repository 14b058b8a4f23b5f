import { Injectable } from '@nestjs/common';
import { Database } from '../../../config/database.js';
import { Settings } from '../../../config/settings.js';
import { append } from '../../audit/audit.js';
import { exportEntries } from '../../audit/export-entries.js';
import { searchEntries, type EntryQuestion, type FoundEntry } from '../../audit/search-entries.js';
import type { StaffActor, SystemActor } from '../../staff/staff-actor.js';
import { mayReadAudit, mayReadAuditOfAll } from '../../staff/staff.policy.js';
import { dayInAuckland } from '../../web/day.js';
import { Forbidden, Invalid } from '../../web/errors.js';
import { readAnyReference } from '../case-reference.js';
import type { ExportQuery, LogQuery } from './log.dto.js';

const SYSTEM: SystemActor = { kind: 'system', name: 'audit_search' };

/** Somebody of the auditor's agency, whether or not they still work there. */
interface Person {
  readonly id: string;
  readonly name: string;
}

/** A page of the log with what its ids stand for, as far as an auditor may know. */
export interface LogPage {
  readonly entries: readonly FoundEntry[];
  readonly next: string | null;
  readonly people: readonly Person[];
  /** References of the complaints that are spoken of, by id. */
  readonly references: ReadonlyMap<string, string>;
  readonly ofAll: boolean;
}

/** What an auditor does with the log. */
@Injectable()
export class ReadLog {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
  ) {}

  /**
   * A page of the log: of the auditor's own agency, for the operator's auditor of all. Looking is itself recorded, first.
   *
   * @throws {Forbidden} to those who may not read the log
   * @throws {Invalid} for a reference that cannot be one
   */
  async page(actor: StaffActor, query: LogQuery): Promise<LogPage> {
    const scope = this.scope(actor, query);
    const wanted = query.reference === undefined ? undefined : readAnyReference(query.reference);
    if (wanted === null) {
      throw new Invalid([{ field: 'reference', code: 'invalid', message: 'This is not a case reference.' }]);
    }
    const people = await this.database.asActor(actor, async (manager) => {
      await append(manager, { action: 'audit.searched', actor });
      return manager.query<Person[]>(
        `SELECT id, display_name AS name FROM staff WHERE agency_id = $1 ORDER BY display_name, id`,
        [actor.agencyId],
      );
    });
    const caseId = wanted === undefined ? undefined : await this.complaintBy(wanted);
    const { from, to, action, staff, after } = query;
    const question = { ...scope, from, to, action, actorId: staff, caseId, after };
    const { entries, next } = await this.entries(actor, question);
    return { entries, next, people, references: await this.references(entries), ofAll: this.seesAll(actor) };
  }

  /**
   * The entries of some days as JSON Lines, each with its proof. That they were exported is recorded first.
   *
   * @throws {Forbidden} to those who may not read the log
   */
  async export(actor: StaffActor, { from, to, agency }: ExportQuery): Promise<AsyncGenerator<string, void>> {
    const scope = this.scope(actor, agency === undefined ? {} : { agency });
    const today = dayInAuckland();
    const question = { ...scope, from: from ?? today, to: to ?? today };
    await this.database.asActor(actor, (manager) =>
      append(manager, { action: 'audit.exported', actor, subject: `${question.from}.${question.to}` }),
    );
    return exportEntries((work) => this.database.asActor(actor, work, { role: 'onedoor_auditor' }), question);
  }

  /** The agency whose entries an actor sees with a question; undefined is all. @throws {Forbidden} */
  scope(actor: StaffActor, { agency }: Pick<LogQuery, 'agency'>): Pick<EntryQuestion, 'agencyId'> {
    if (!mayReadAudit(actor)) throw new Forbidden();
    return { agencyId: this.seesAll(actor) ? agency : actor.agencyId };
  }

  private seesAll(actor: StaffActor): boolean {
    return mayReadAuditOfAll(actor, this.settings.TRIAGE_AGENCY);
  }

  private entries(actor: StaffActor, question: EntryQuestion): ReturnType<typeof searchEntries> {
    return this.database.asActor(actor, (manager) => searchEntries(manager, question), { role: 'onedoor_auditor' });
  }

  /** An auditor reads no case; the server says which complaint a reference is of. Of nothing and of a disclosure: none. */
  private complaintBy(reference: string): Promise<string> {
    return this.database.asActor(SYSTEM, async (manager) => {
      const [found] = await manager.query<{ id: string }[]>(
        `SELECT id FROM cases WHERE reference = $1 AND path = 'complaint'`,
        [reference],
      );
      return found?.id ?? NO_CASE;
    });
  }

  private references(entries: readonly FoundEntry[]): Promise<ReadonlyMap<string, string>> {
    const ids = new Set(entries.flatMap(({ caseId }) => caseId ?? []));
    return this.database.asActor(SYSTEM, async (manager) => {
      const rows = await manager.query<{ id: string; reference: string }[]>(
        `SELECT id, reference FROM cases WHERE id = ANY ($1::uuid[]) AND path = 'complaint'`,
        [[...ids]],
      );
      return new Map(rows.map(({ id, reference }) => [id, reference]));
    });
  }
}

/** No case has it. */
const NO_CASE = '00000000-0000-0000-0000-000000000000';

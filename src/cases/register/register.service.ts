import { Injectable } from '@nestjs/common';
import { stringify } from 'csv-stringify/sync';
import type { EntityManager } from 'typeorm';
import { Database } from '../../../config/database.js';
import { append } from '../../audit/audit.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { noWall } from '../../staff/walls.js';
import { NotFound } from '../../web/errors.js';
import { mayExportRegister } from '../case.policy.js';
import type { Days } from './days.dto.js';

/** Complaints read at a time. */
const BATCH = 500;

/** The columns of the register, in their order: nothing that anybody wrote, and nothing that says who they are. */
const COLUMNS = ['reference', 'received_on', 'status', 'acknowledged_on', 'outcome', 'closed_on'] as const;

interface RegisterRow extends Readonly<Record<(typeof COLUMNS)[number], string | null>> {
  readonly id: string;
  readonly received_on: string;
}

/** The register of an agency's complaints as a file, for whoever answers a request for official information. */
@Injectable()
export class RegisterService {
  constructor(private readonly database: Database) {}

  /**
   * The complaints that the actor's agency has of those that came on some days, as CSV (RFC 4180), the oldest first. It
   * is of complaints: a disclosure leaves no line, no gap and no number in it. That it was asked for is recorded first.
   * Each batch is a transaction of its own, so that a slow reader holds nothing up, and no more than one is in memory.
   *
   * @throws {NotFound} to those who may not have it
   */
  async export(actor: StaffActor, days: Days): Promise<AsyncGenerator<string, void>> {
    if (!mayExportRegister(actor)) throw new NotFound();
    await this.database.asActor(actor, (manager) =>
      append(manager, { action: 'complaints.exported', actor, subject: `${days.from}.${days.to}` }),
    );
    return this.lines(actor, days);
  }

  private async *lines(actor: StaffActor, days: Days): AsyncGenerator<string, void> {
    yield line([COLUMNS]);
    for (let last: RegisterRow | undefined; ;) {
      const batch = await this.database.asActor(actor, (manager) => readBatch(manager, actor, days, last));
      if (batch.length > 0) yield line(batch.map((row) => COLUMNS.map((column) => row[column])));
      if (batch.length < BATCH) return;
      last = batch.at(-1);
    }
  }
}

/* What a spreadsheet would take for a formula is marked as a text. */
function line(rows: readonly (readonly (string | null)[])[]): string {
  return stringify([...rows], { escape_formulas: true, record_delimiter: 'windows' });
}

async function readBatch(
  manager: EntityManager,
  actor: StaffActor,
  days: Days,
  last: RegisterRow | undefined,
): Promise<RegisterRow[]> {
  const { text, values } = registerQuery(actor, days, last && { day: last.received_on, id: last.id });
  return manager.query<RegisterRow[]>(text, values);
}

/* The index ix_cases_inbox answers it, whatever the number of cases. */
function registerQuery(
  { agencyId, staffId }: Pick<StaffActor, 'agencyId' | 'staffId'>,
  { from, to }: Days,
  after?: { readonly day: string; readonly id: string },
): { readonly text: string; readonly values: unknown[] } {
  const text = `
    SELECT c.id, c.reference, to_char(c.lodged_on, 'YYYY-MM-DD') AS received_on, c.status,
           to_char(c.acknowledged_on, 'YYYY-MM-DD') AS acknowledged_on, c.outcome,
           to_char(c.closed_on, 'YYYY-MM-DD') AS closed_on
      FROM cases c
     WHERE c.agency_id = $1 AND c.path = 'complaint' AND c.lodged_on BETWEEN $2 AND $3 AND ${noWall('c', '$4')}
       AND (c.lodged_on, c.id) > ($5::date, $6::uuid)
     ORDER BY c.lodged_on, c.id LIMIT ${BATCH.toString()}`;
  return { text, values: [agencyId, from, to, staffId, after?.day ?? from, after?.id ?? BEFORE_ALL] };
}

/** No case has it, and every case’s id is more. */
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

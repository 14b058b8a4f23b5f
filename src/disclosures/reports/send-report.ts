import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../../config/database.js';
import { Directory } from '../../agencies/directory.js';
import { append } from '../../audit/audit.js';
import { todayInAuckland } from '../../clocks/calendar.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { readReportHeader } from '../../vault/report.js';
import { VaultError, type CompactJwe } from '../../vault/suite.js';
import { Conflict, Invalid, NotFound } from '../../web/errors.js';
import { mayReport } from './report.policy.js';
import { readRows, takerOf, type ReportRows, type Taker } from './stored-report.js';

/** Reports of one person on one day: nobody has more to tell, and a browser gone wrong or a stolen session could. */
const MOST_A_DAY = 20;

/** What is needed to report, and what the same person has reported before. */
export interface ToReport {
  readonly to: Taker | null;
  readonly sent: ReportRows;
}

/** What is answered once it is stored. */
export interface Reported {
  /** YYYY-MM-DD in Pacific/Auckland. */
  readonly sentOn: string;
}

/** Reports serious misconduct to the body that takes such reports centrally. Nothing joins a report to a case. */
@Injectable()
export class SendReport {
  constructor(
    private readonly database: Database,
    private readonly directory: Directory,
  ) {}

  /**
   * To whom it is sealed, and one's own reports. Looking is audited.
   *
   * @param after what the page before said of where it ends
   * @throws {NotFound} to those who may not report
   */
  toReport(actor: StaffActor, after?: string): Promise<ToReport> {
    if (!mayReport(actor)) throw new NotFound();
    return this.database.asActor(actor, async (manager) => {
      await append(manager, { action: 'report.read', actor, dayOnly: true });
      const to = await takerOf(manager, this.directory);
      return { to, sent: await readRows(manager, { madeBy: actor.staffId }, after) };
    });
  }

  /**
   * Stores a report. Sent again it is answered as the first time, whatever has happened since.
   *
   * @throws {NotFound} to those who may not report
   * @throws {Invalid} where it is not sealed as a report of this id by the actor's agency
   * @throws {Conflict} `reports_not_taken` where nobody can open one now; `key_changed`; `report_taken` where there is another
   *   under this id; `too_many_reports` for today
   */
  async send(actor: StaffActor, sent: { readonly id: string; readonly jwe: CompactJwe }): Promise<Reported> {
    if (!mayReport(actor)) throw new NotFound();
    const kid = kidOf(actor, sent);
    return this.database.asActor(actor, async (manager) => {
      await takeTurn(manager, actor);
      const earlier = await earlierOf(manager, actor, sent);
      if (earlier) return earlier;
      const to = await takerOf(manager, this.directory);
      if (!to?.reader) throw new Conflict('reports_not_taken', 'No reports can be taken here now. Nothing was sent.');
      if (to.reader.kid !== kid) {
        throw new Conflict(
          'key_changed',
          'The key that this was sealed to has changed, so nothing was sent. Copy your words, then load this page again.',
        );
      }
      const sentOn = todayInAuckland();
      await requireRoom(manager, actor, sentOn);
      const stored = await manager.query<unknown[]>(
        `INSERT INTO misconduct_reports (id, from_agency, to_agency, made_by, made_on, jwe) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO NOTHING RETURNING id`,
        [sent.id, actor.agencyId, to.agency, actor.staffId, sentOn, sent.jwe],
      );
      // Stored meanwhile, by somebody else.
      if (stored.length === 0) taken();
      await append(manager, { action: 'report.sent', actor, subject: sent.id, dayOnly: true });
      return { sentOn };
    });
  }
}

/** One after the other for each person, so that many at once are answered and counted like many in turn. */
async function takeTurn(manager: EntityManager, { staffId }: StaffActor): Promise<void> {
  await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('misconduct_reports ' || $1, 0))`, [staffId]);
}

async function requireRoom(manager: EntityManager, { staffId }: StaffActor, today: string): Promise<void> {
  const there = await manager.query<unknown[]>(
    'SELECT FROM misconduct_reports WHERE made_by = $1 AND made_on = $2 LIMIT $3',
    [staffId, today, MOST_A_DAY],
  );
  if (there.length < MOST_A_DAY) return;
  throw new Conflict(
    'too_many_reports',
    `You have sent ${MOST_A_DAY.toString()} reports today, so this one was not sent. Copy your words, and send it tomorrow.`,
  );
}

function taken(): never {
  throw new Conflict('report_taken', 'There is another report under this number. Nothing was sent.');
}

/** The same report stored before. @throws {Conflict} `report_taken` where under its id there is another of one's own */
async function earlierOf(
  manager: EntityManager,
  { staffId }: StaffActor,
  { id, jwe }: { readonly id: string; readonly jwe: CompactJwe },
): Promise<Reported | null> {
  const [found] = await manager.query<{ madeBy: string; jwe: string; sentOn: string }[]>(
    `SELECT made_by AS "madeBy", jwe, to_char(made_on, 'YYYY-MM-DD') AS "sentOn" FROM misconduct_reports WHERE id = $1`,
    [id],
  );
  if (!found) return null;
  return found.madeBy === staffId && found.jwe === jwe ? { sentOn: found.sentOn } : taken();
}

/** The kid of the key that it is sealed to. What lies within, only who holds that key can check. */
function kidOf({ agencyId }: StaffActor, { id, jwe }: { readonly id: string; readonly jwe: CompactJwe }): string {
  try {
    const { report, from, kid } = readReportHeader(jwe);
    if (report === id && from === agencyId) return kid;
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
  }
  const message = 'This is not sealed as it must be, or is another report.';
  throw new Invalid([{ field: 'jwe', code: 'malformed', message }]);
}

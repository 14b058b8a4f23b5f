import type { EntityManager } from 'typeorm';
import type { Directory } from '../../agencies/directory.js';
import { currentReaders } from '../../agencies/readers.js';
import { pageOf, readCursor, type ListPage } from '../../cases/list-cursor.js';
import type { PublicKey } from '../../vault/keys.js';

/** Lines of one page. */
const PAGE = 25;

/** A report as lists show it. Days are YYYY-MM-DD. */
export interface ReportRow {
  readonly id: string;
  readonly fromAgency: string;
  readonly madeOn: string;
  readonly receivedOn: string | null;
}

/** A page of a list of reports. */
export type ReportRows = ListPage<ReportRow>;

export const REPORT_ROW = `id, from_agency AS "fromAgency", to_char(made_on, 'YYYY-MM-DD') AS "madeOn",
  to_char(received_on, 'YYYY-MM-DD') AS "receivedOn"`;

/** To whom serious misconduct is reported. */
export interface Taker {
  readonly agency: string;
  /** The newest key that it can be sealed to; null where there is none, or its door is shut. */
  readonly reader: PublicKey | null;
}

/** @returns null where the directory names nobody */
export async function takerOf(manager: EntityManager, directory: Directory): Promise<Taker | null> {
  const agency = directory.takingReports();
  if (agency === undefined) return null;
  const found = await currentReaders(manager, agency);
  const key = found?.open === true ? found.complaints[0] : undefined;
  return { agency, reader: key ? { kid: key.kid, jwk: key.jwk } : null };
}

/**
 * A page of reports, the newest first.
 *
 * @param of whose: those that somebody made, or those to an agency
 * @param after what the page before said of where it ends
 * @throws {Invalid} when `after` is none of ours
 */
export async function readRows(
  manager: EntityManager,
  of: { readonly madeBy: string } | { readonly toAgency: string },
  after: string | undefined,
): Promise<ReportRows> {
  const [column, whose] = 'madeBy' in of ? ['made_by', of.madeBy] : ['to_agency', of.toAgency];
  const from = after === undefined ? null : readCursor(after);
  const found = await manager.query<ReportRow[]>(
    `SELECT ${REPORT_ROW} FROM misconduct_reports
      WHERE ${column} = $1
        AND ($2::date IS NULL OR (made_on, id) < ($2::date, $3::uuid))
      ORDER BY made_on DESC, id DESC LIMIT $4`,
    [whose, from?.day ?? null, from?.id ?? null, PAGE + 1],
  );
  return pageOf(found, PAGE, ({ madeOn, id }) => ({ day: madeOn, id }));
}

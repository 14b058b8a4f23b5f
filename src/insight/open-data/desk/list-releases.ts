import type { EntityManager } from 'typeorm';
import { pageOf, readCursor, type ListPage } from '../../../cases/list-cursor.js';
import type { ReleaseState } from '../release-state.js';
import type { DatasetId } from '../table-spec.js';

/** Lines of one page. */
const PAGE = 25;

/** A release as those see it who tend it. Days are YYYY-MM-DD. */
export interface ListedRelease {
  readonly id: string;
  readonly dataset: DatasetId;
  readonly period: string;
  /** None once it was withdrawn. */
  readonly number: number | null;
  readonly state: ReleaseState;
  readonly preparedBy: string;
  readonly preparer: string | null;
  readonly preparedOn: string;
  readonly approver: string | null;
  readonly approvedOn: string | null;
  readonly publishedOn: string | null;
}

/** A page of releases. */
export type ReleasesPage = ListPage<ListedRelease>;

/**
 * All releases, those prepared last first.
 *
 * @param after the last line already seen, as the page before said
 * @throws {Invalid} when no page said so
 */
export async function listReleases(manager: EntityManager, after?: string): Promise<ReleasesPage> {
  const from = after === undefined ? null : readCursor(after);
  const found = await manager.query<ListedRelease[]>(
    `SELECT r.id, r.dataset, r.period, r.number, r.state, r.prepared_by AS "preparedBy", p.display_name AS preparer,
            to_char(r.prepared_on, 'YYYY-MM-DD') AS "preparedOn", a.display_name AS approver,
            to_char(r.approved_on, 'YYYY-MM-DD') AS "approvedOn", to_char(r.published_on, 'YYYY-MM-DD') AS "publishedOn"
       FROM open_data_releases r
       LEFT JOIN staff p ON p.id = r.prepared_by
       LEFT JOIN staff a ON a.id = r.approved_by
      WHERE $1::date IS NULL OR (r.prepared_on, r.id) < ($1::date, $2::uuid)
      ORDER BY r.prepared_on DESC, r.id DESC LIMIT $3`,
    [from?.day ?? null, from?.id ?? null, PAGE + 1],
  );
  return pageOf(found, PAGE, ({ preparedOn, id }) => ({ day: preparedOn, id }));
}

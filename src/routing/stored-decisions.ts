import type { EntityManager } from 'typeorm';

/** What is kept of the decision on a complaint. Of a disclosure's nothing is kept but its ruleset. */
export interface StoredDecision {
  readonly facets: Readonly<Record<string, string>>;
  readonly ruleset: string;
  /** Ids of the rules that fired, in order. */
  readonly rules: readonly string[];
  /** Where the rules sent it; null where they left it to a human. */
  readonly decidedFor: string | null;
  /** The person chose where it goes, or somebody has taken it on from another agency since. */
  readonly pinned: boolean;
}

interface Row extends StoredDecision {
  readonly id: string;
  readonly lodgedOn: string;
}

const PAGE = 1_000;

/* From each agency's newest, for which there is an index that holds all that is asked; then only those are fetched. */
const NEWEST = `
  WITH newest AS (
    SELECT n.id, n.lodged_on FROM agencies a CROSS JOIN LATERAL (
      SELECT c.id, c.lodged_on FROM cases c
       WHERE c.agency_id = a.id AND c.path = 'complaint' AND ($1::date IS NULL OR (c.lodged_on, c.id) < ($1::date, $2::uuid))
       ORDER BY c.lodged_on DESC, c.id DESC LIMIT $3) n
     ORDER BY n.lodged_on DESC, n.id DESC LIMIT $3
  )
  SELECT c.id, to_char(c.lodged_on, 'YYYY-MM-DD') AS "lodgedOn", c.facets, c.ruleset, c.rules,
         c.decided_for AS "decidedFor",
         c.chosen IS NOT NULL
           OR EXISTS (SELECT FROM referrals r WHERE r.case_id = c.id AND r.accepted_by IS NOT NULL) AS pinned
    FROM newest JOIN cases c ON c.id = newest.id
   WHERE c.facets IS NOT NULL
   ORDER BY c.lodged_on DESC, c.id DESC`;

/**
 * The decisions on complaints, newest first, in pages.
 *
 * @param last most decisions to read
 */
export async function* storedDecisions(
  manager: EntityManager,
  last: number,
): AsyncGenerator<readonly StoredDecision[], void> {
  let before: Row | undefined;
  for (let left = last; left > 0; left -= PAGE) {
    const size = Math.min(left, PAGE);
    const page = await manager.query<Row[]>(NEWEST, [before?.lodgedOn ?? null, before?.id ?? null, size]);
    yield page;
    if (page.length < size) return;
    before = page.at(-1);
  }
}

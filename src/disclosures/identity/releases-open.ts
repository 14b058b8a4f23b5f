import type { EntityManager } from 'typeorm';
import type { Case } from '../../cases/case.entity.js';

/**
 * What of the releases of a name stands in the way of closing its disclosure: one that waits for a decision, or one that the
 * person was not told of (s 17).
 *
 * @returns codes with words under `duties.notClosed`
 */
export async function releasesOpen(manager: EntityManager, { id }: Pick<Case, 'id'>): Promise<readonly string[]> {
  const rows = await manager.query<{ code: string }[]>(
    `SELECT DISTINCT CASE state WHEN 'asked' THEN 'release_undecided' ELSE 'release_untold' END AS code
       FROM identity_releases WHERE case_id = $1 AND (state = 'asked' OR (state = 'approved' AND told_on IS NULL))
      ORDER BY 1`,
    [id],
  );
  return rows.map(({ code }) => code);
}

import type { EntityManager } from 'typeorm';

/**
 * The condition that no wall stands between a case and a person, for the WHERE of a query: lists are filtered where they
 * are read, so that what is left out leaves no gap, no short page and no count.
 *
 * @param found alias of the row of `cases`
 * @param person the parameter that holds the person's id, such as `$2`
 */
export function noWall(found: string, person: string): string {
  // OFFSET 0 keeps this a question about each row in the order of the list, where a join would have to be sorted.
  return `NOT EXISTS (
    SELECT FROM case_walls w
     WHERE w.staff_id = ${person}::uuid AND w.case_id = coalesce(${found}.whole_id, ${found}.id) AND w.lifted_on IS NULL
    OFFSET 0)`;
}

/**
 * The agreement keys, retired ones too, of those who are kept out of a case. Whoever grants it on leaves them out.
 *
 * @param caseId of the case, or of a part of it
 */
export async function kidsBehindWalls(manager: EntityManager, caseId: string): Promise<ReadonlySet<string>> {
  const rows = await manager.query<{ kid: string }[]>(
    `SELECT k.kid FROM cases c
       JOIN case_walls w ON w.case_id = coalesce(c.whole_id, c.id) AND w.lifted_on IS NULL
       JOIN staff_keys k ON k.staff_id = w.staff_id AND k.purpose = 'agreement'
      WHERE c.id = $1`,
    [caseId],
  );
  return new Set(rows.map(({ kid }) => kid));
}

/** Whether a wall stands between a case, or the whole of which it is a part, and a person. */
export async function isWalled(manager: EntityManager, caseId: string, staffId: string): Promise<boolean> {
  const walled = await manager.query<unknown[]>(`SELECT FROM cases c WHERE c.id = $1 AND NOT ${noWall('c', '$2')}`, [
    caseId,
    staffId,
  ]);
  return walled.length > 0;
}

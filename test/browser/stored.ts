import type { Owner } from '../intake/door.js';

/** Everything that is stored of a case, but which agency has it and on what day it came. */
export async function storedOf(owner: Owner, reference: string): Promise<string> {
  const [found] = await owner.rows<{ id: string }>('SELECT id FROM cases WHERE reference = $1', [reference]);
  const tables = await owner.rows<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.columns
      WHERE column_name = 'case_id' AND table_schema IN ('public', 'disposal') ORDER BY 1`,
  );
  const rows: object[] = await owner.rows(
    'SELECT id, reference, whole_id, facets, rules, decided_for, chosen FROM cases WHERE reference = $1',
    [reference],
  );
  for (const { name } of tables)
    rows.push(...(await owner.rows(`SELECT to_jsonb(t) AS row FROM ${name} t WHERE case_id = $1`, [found?.id])));
  return JSON.stringify(rows);
}

/** What is long enough to be of one case alone: ids, references, keys, hashes. */
export function tokensIn(stored: string): ReadonlySet<string> {
  return new Set(stored.match(/[\w-]{20,}|[A-Z\d]{4}-[A-Z\d]{4}-[A-Z\d]{3}/g) ?? []);
}

/**
 * Row security of a table: on, and for its owner too. Whoever has no policy of their own sees nothing. The owner has one,
 * since migrations move rows and a view shows some of a table; the server never serves as the owner.
 *
 * @param tables names of tables that the migration has made
 */
export function secure(...tables: readonly string[]): string {
  return tables
    .map(
      (table) => `
        ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        CREATE POLICY owner ON ${table} TO CURRENT_USER USING (true) WITH CHECK (true);`,
    )
    .join('');
}

/** Takes row security off tables, and every policy of them. */
export function unsecure(...tables: readonly string[]): string {
  return tables
    .map(
      (table) => `
        DO $$ DECLARE policy record; BEGIN
          FOR policy IN SELECT polname FROM pg_policy WHERE polrelid = '${table}'::regclass LOOP
            EXECUTE format('DROP POLICY %I ON ${table}', policy.polname);
          END LOOP;
        END $$;
        ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;`,
    )
    .join('');
}

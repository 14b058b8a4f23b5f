import type { QueryRunner } from 'typeorm';

/** What every policy may ask: who acts. */
const WHO_ACTS =
  'acting_kind(), acting_id(), acting_staff(), acting_agency(), acting_case(), acting_system(), acting_as(text[])';

/** Makes a group role that one kind of work is done as. It logs in nowhere, and may know who acts. */
export async function makeGroupRole(runner: QueryRunner, role: string): Promise<void> {
  // Roles belong to the whole cluster: another database of it may have made this one, even at this very moment.
  await runner.query(`
    DO $$ BEGIN
      CREATE ROLE ${role} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$`);
  await runner.query(`GRANT USAGE ON SCHEMA public TO ${role}`);
  await runner.query(`GRANT EXECUTE ON FUNCTION ${WHO_ACTS} TO ${role}`);
}

/** Takes it away. What it was granted besides has to be gone. */
export async function dropGroupRole(runner: QueryRunner, role: string): Promise<void> {
  await runner.query(`REVOKE EXECUTE ON FUNCTION ${WHO_ACTS} FROM ${role}`);
  await runner.query(`REVOKE ALL ON SCHEMA public FROM ${role}`);
  // The role goes with the last database that speaks of it, and its memberships with it.
  await runner.query(`
    DO $$ BEGIN
      DROP ROLE ${role};
    EXCEPTION WHEN dependent_objects_still_exist THEN NULL;
    END $$`);
}

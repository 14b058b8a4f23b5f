import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The group role of every process that serves. It owns nothing; each later migration grants it what it needs and no more. */
export class Roles1763780000001 implements MigrationInterface {
  readonly name = 'Roles1763780000001';

  async up(runner: QueryRunner): Promise<void> {
    // Roles belong to the whole cluster: another database of it may have made this one, even at this very moment.
    await runner.query(`
      DO $$ BEGIN
        CREATE ROLE onedoor_app NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END $$`);
    await runner.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
    await runner.query('GRANT USAGE ON SCHEMA public TO onedoor_app');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('REVOKE ALL ON SCHEMA public FROM onedoor_app');
    await runner.query('GRANT USAGE ON SCHEMA public TO PUBLIC');
    // The role goes with the last database that speaks of it.
    await runner.query(`
      DO $$ BEGIN
        DROP ROLE onedoor_app;
      EXCEPTION WHEN dependent_objects_still_exist THEN NULL;
      END $$`);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

const ROLES = ['onedoor_web', 'onedoor_worker', 'onedoor_publisher', 'onedoor_auditor'] as const;

/**
 * One group role for each kind of work. What serves logs in as a role that has no rights of its own and may become some of
 * these, for one transaction at a time (`config/database.ts`).
 */
export class ProcessRoles1763800000001 implements MigrationInterface {
  readonly name = 'ProcessRoles1763800000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const role of ROLES) {
      // Roles belong to the whole cluster: another database of it may have made this one, even at this very moment.
      await runner.query(`
        DO $$ BEGIN
          CREATE ROLE ${role} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END $$`);
      await runner.query(`GRANT USAGE ON SCHEMA public TO ${role}`);
    }
    // The web role was one to log in as.
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'onedoor_web' AND rolcanlogin) THEN
          ALTER ROLE onedoor_web NOLOGIN PASSWORD NULL;
        END IF;
      END $$`);
    await runner.query(`GRANT onedoor_app TO onedoor_web, onedoor_worker, onedoor_publisher, onedoor_auditor`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const role of ROLES) {
      await runner.query(`REVOKE ALL ON SCHEMA public FROM ${role}`);
      // The role goes with the last database that speaks of it, and its memberships with it.
      await runner.query(`
        DO $$ BEGIN
          DROP ROLE ${role};
        EXCEPTION WHEN dependent_objects_still_exist THEN NULL;
        END $$`);
    }
  }
}

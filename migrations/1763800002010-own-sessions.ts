import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a person is shown of their own sessions, and when each last proved that it is still them. */
export class OwnSessions1763800002010 implements MigrationInterface {
  readonly name = 'OwnSessions1763800002010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- No address and no browser: what is not recorded cannot be asked for.
      ALTER TABLE staff_sessions
        ADD COLUMN id        uuid        NOT NULL DEFAULT gen_random_uuid() CONSTRAINT uq_staff_sessions_id UNIQUE,
        ADD COLUMN proved_at timestamptz NOT NULL DEFAULT now();
      ALTER TABLE staff_sessions ALTER COLUMN id DROP DEFAULT, ALTER COLUMN proved_at DROP DEFAULT;
      GRANT SELECT (id, proved_at), UPDATE (token_hash, proved_at) ON staff_sessions TO onedoor_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE UPDATE (token_hash) ON staff_sessions FROM onedoor_app;
      ALTER TABLE staff_sessions
        DROP COLUMN id,
        DROP COLUMN proved_at;
    `);
  }
}

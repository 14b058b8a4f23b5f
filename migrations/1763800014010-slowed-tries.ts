import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secure } from './row-security.js';

/** How many wrong tries there were at an account, and from when on the next one counts: for every server, and after a restart. */
export class SlowedTries1763800014010 implements MigrationInterface {
  readonly name = 'SlowedTries1763800014010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- No name, no address, no browser: the id is a MAC under a key that is not here.
      CREATE TABLE slowed_tries (
        id         bytea       NOT NULL CONSTRAINT pk_slowed_tries PRIMARY KEY,
        wrong      smallint    NOT NULL,
        free_at    timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX ix_slowed_tries_expires_at ON slowed_tries (expires_at);
      ${secure('slowed_tries')}
      GRANT SELECT (id, wrong, free_at, expires_at), INSERT (id, wrong, free_at, expires_at),
            UPDATE (wrong, free_at, expires_at), DELETE ON slowed_tries TO onedoor_web;
      CREATE POLICY web ON slowed_tries TO onedoor_web USING ((SELECT acting_system()) = 'sign-in');
      GRANT SELECT (id, expires_at), DELETE ON slowed_tries TO onedoor_worker;
      CREATE POLICY worker ON slowed_tries TO onedoor_worker USING ((SELECT acting_system()) = 'sweeper');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE slowed_tries');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What intake keeps for a short while: answers to repeated lodgings. */
export class Intake1763780000060 implements MigrationInterface {
  readonly name = 'Intake1763780000060';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotency_keys (
        key_hash bytea CONSTRAINT pk_idempotency_keys PRIMARY KEY,
        fingerprint bytea NOT NULL,
        answer text NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX ix_idempotency_keys_expires_at ON idempotency_keys (expires_at);

      -- Column by column: that keeps xmin and ctid, which tell when a row was written, from the application.
      GRANT SELECT (key_hash, fingerprint, answer, expires_at), INSERT, DELETE ON idempotency_keys TO onedoor_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE idempotency_keys;`);
  }
}

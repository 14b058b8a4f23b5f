import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the doors keep for a short while: answers to repeated lodgings, and sessions of mailboxes. */
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

      CREATE TABLE mailbox_sessions (
        token_hash bytea CONSTRAINT pk_mailbox_sessions PRIMARY KEY,
        case_id uuid NOT NULL CONSTRAINT fk_mailbox_sessions_case_id REFERENCES cases (id),
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX ix_mailbox_sessions_expires_at ON mailbox_sessions (expires_at);

      GRANT SELECT, INSERT, DELETE ON idempotency_keys, mailbox_sessions TO onedoor_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE mailbox_sessions, idempotency_keys;`);
  }
}

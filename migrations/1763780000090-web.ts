import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sealed sessions: what somebody without JavaScript has typed so far, under a key that is not here. */
export class Web1763780000090 implements MigrationInterface {
  readonly name = 'Web1763780000090';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sealed_sessions (
        id_hash    bytea       NOT NULL,
        jwe        text        NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT pk_sealed_sessions PRIMARY KEY (id_hash)
      )`);
    await runner.query('CREATE INDEX ix_sealed_sessions_expires_at ON sealed_sessions (expires_at)');
    await runner.query(`
      GRANT SELECT (id_hash, jwe, expires_at), INSERT (id_hash, jwe, expires_at), UPDATE (jwe, expires_at), DELETE
        ON sealed_sessions TO onedoor_app`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sealed_sessions');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** People who work for agencies: accounts, personal keys, sessions, invitations. */
export class Staff1763780000020 implements MigrationInterface {
  readonly name = 'Staff1763780000020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE staff (
        id             uuid    NOT NULL CONSTRAINT pk_staff PRIMARY KEY,
        agency_id      text    NOT NULL CONSTRAINT fk_staff_agency_id REFERENCES agencies (id),
        username       text    NOT NULL CONSTRAINT uq_staff_username UNIQUE,
        display_name   text    NOT NULL,
        roles          text[]  NOT NULL,
        salt           text    NOT NULL,
        auth_hash      bytea,
        totp_sealed    text,
        totp_last_step bigint  NOT NULL,
        active         boolean NOT NULL
      )`);
    await runner.query(`CREATE INDEX ix_staff_agency_id ON staff (agency_id)`);
    await runner.query(`
      CREATE TABLE staff_keys (
        kid            text  NOT NULL CONSTRAINT pk_staff_keys PRIMARY KEY,
        staff_id       uuid  NOT NULL CONSTRAINT fk_staff_keys_staff_id REFERENCES staff (id),
        purpose        text  NOT NULL,
        jwk            jsonb NOT NULL,
        sealed_private text  NOT NULL,
        retired_at     timestamptz
      )`);
    await runner.query(`CREATE INDEX ix_staff_keys_staff_id ON staff_keys (staff_id)`);
    await runner.query(`
      CREATE TABLE staff_sessions (
        token_hash bytea       NOT NULL CONSTRAINT pk_staff_sessions PRIMARY KEY,
        staff_id   uuid        NOT NULL CONSTRAINT fk_staff_sessions_staff_id REFERENCES staff (id),
        created_at timestamptz NOT NULL,
        seen_at    timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX ix_staff_sessions_staff_id ON staff_sessions (staff_id)`);
    await runner.query(`CREATE INDEX ix_staff_sessions_expires_at ON staff_sessions (expires_at)`);
    await runner.query(`
      CREATE TABLE staff_invitations (
        token_hash bytea       NOT NULL CONSTRAINT pk_staff_invitations PRIMARY KEY,
        agency_id  text        NOT NULL CONSTRAINT fk_staff_invitations_agency_id REFERENCES agencies (id),
        roles      text[]      NOT NULL,
        expires_at timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX ix_staff_invitations_expires_at ON staff_invitations (expires_at)`);
    // The agencies' migration could not say this yet: it comes before there are people.
    await runner.query(`
      ALTER TABLE agency_key_grants
        ADD CONSTRAINT fk_agency_key_grants_staff_id FOREIGN KEY (staff_id) REFERENCES staff (id)`);
    // Column by column: that keeps xmin and ctid, which tell when a row was written, from the application.
    await runner.query(`
      GRANT SELECT (id, agency_id, username, display_name, roles, salt, auth_hash, totp_sealed, totp_last_step, active),
            INSERT, UPDATE (totp_last_step) ON staff TO onedoor_app`);
    await runner.query(`
      GRANT SELECT (kid, staff_id, purpose, jwk, sealed_private, retired_at), INSERT ON staff_keys TO onedoor_app`);
    await runner.query(`
      GRANT SELECT (token_hash, staff_id, created_at, seen_at, expires_at), INSERT, UPDATE (seen_at), DELETE
        ON staff_sessions TO onedoor_app`);
    await runner.query(`
      GRANT SELECT (token_hash, agency_id, roles, expires_at), INSERT, DELETE ON staff_invitations TO onedoor_app`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE agency_key_grants DROP CONSTRAINT fk_agency_key_grants_staff_id`);
    await runner.query(`DROP TABLE staff_invitations, staff_sessions, staff_keys, staff`);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Several ways in for each member of staff: the passphrase with its code, and passkeys; and how a session was opened. */
export class WaysIn1763800001000 implements MigrationInterface {
  readonly name = 'WaysIn1763800001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE staff_authenticators (
        id            uuid   NOT NULL CONSTRAINT pk_staff_authenticators PRIMARY KEY,
        staff_id      uuid   NOT NULL CONSTRAINT fk_staff_authenticators_staff_id REFERENCES staff (id),
        kind          text   NOT NULL,
        label         text   NOT NULL,
        added_on      date   NOT NULL,
        last_used_on  date,
        credential_id text   CONSTRAINT uq_staff_authenticators_credential_id UNIQUE,
        public_key    bytea,
        counter       bigint,
        transports    text[],
        prf_salt      text,
        CONSTRAINT ck_staff_authenticators_kind CHECK (
          (kind = 'passphrase' AND credential_id IS NULL AND public_key IS NULL AND counter IS NULL AND prf_salt IS NULL)
          OR (kind = 'passkey' AND credential_id IS NOT NULL AND public_key IS NOT NULL AND counter IS NOT NULL))
      )`);
    await runner.query(`CREATE INDEX ix_staff_authenticators_staff_id ON staff_authenticators (staff_id)`);
    await runner.query(`
      CREATE TABLE staff_sealed_keys (
        kid              text NOT NULL CONSTRAINT fk_staff_sealed_keys_kid REFERENCES staff_keys (kid),
        authenticator_id uuid NOT NULL CONSTRAINT fk_staff_sealed_keys_authenticator_id
                           REFERENCES staff_authenticators (id) ON DELETE CASCADE,
        sealed_private   text NOT NULL,
        CONSTRAINT pk_staff_sealed_keys PRIMARY KEY (kid, authenticator_id)
      )`);
    await runner.query(`CREATE INDEX ix_staff_sealed_keys_authenticator_id ON staff_sealed_keys (authenticator_id)`);
    await runner.query(`
      CREATE TABLE staff_used_challenges (
        challenge_hash bytea       NOT NULL CONSTRAINT pk_staff_used_challenges PRIMARY KEY,
        expires_at     timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX ix_staff_used_challenges_expires_at ON staff_used_challenges (expires_at)`);

    // Until now there was one way in: the passphrase, under which the keys are sealed.
    await runner.query(`
      INSERT INTO staff_authenticators (id, staff_id, kind, label, added_on)
      SELECT gen_random_uuid(), id, 'passphrase', '', (now() AT TIME ZONE 'Pacific/Auckland')::date
        FROM staff WHERE auth_hash IS NOT NULL`);
    await runner.query(`
      INSERT INTO staff_sealed_keys (kid, authenticator_id, sealed_private)
      SELECT k.kid, a.id, k.sealed_private
        FROM staff_keys k JOIN staff_authenticators a ON a.staff_id = k.staff_id`);
    await runner.query(`ALTER TABLE staff_keys DROP COLUMN sealed_private`);
    await runner.query(`ALTER TABLE staff ALTER COLUMN salt DROP NOT NULL`);
    await runner.query(`ALTER TABLE staff_sessions ADD COLUMN method text NOT NULL DEFAULT 'passphrase'`);
    await runner.query(`ALTER TABLE staff_sessions ALTER COLUMN method DROP DEFAULT`);
    await runner.query(`
      ALTER TABLE staff_sessions
        ADD CONSTRAINT ck_staff_sessions_method CHECK (method IN ('passphrase', 'passkey', 'openid'))`);

    await runner.query(`
      GRANT SELECT (id, staff_id, kind, label, added_on, last_used_on, credential_id, public_key, counter, transports, prf_salt),
            INSERT, UPDATE (last_used_on, counter), DELETE ON staff_authenticators TO onedoor_app`);
    await runner.query(`
      GRANT SELECT (kid, authenticator_id, sealed_private), INSERT, DELETE ON staff_sealed_keys TO onedoor_app`);
    await runner.query(`
      GRANT SELECT (challenge_hash, expires_at), INSERT, DELETE ON staff_used_challenges TO onedoor_app`);
    await runner.query(`GRANT UPDATE (salt, auth_hash, totp_sealed) ON staff TO onedoor_app`);
    await runner.query(`GRANT UPDATE (retired_at) ON staff_keys TO onedoor_app`);
    await runner.query(`GRANT SELECT (method) ON staff_sessions TO onedoor_app`);
    // Who gets a new key of their own is granted again what the old one opened.
    await runner.query(`GRANT UPDATE (jwe) ON agency_key_grants TO onedoor_app`);
    await runner.query(`GRANT UPDATE (reader, wrapped) ON referral_grants TO onedoor_app`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`REVOKE UPDATE (reader, wrapped) ON referral_grants FROM onedoor_app`);
    await runner.query(`REVOKE UPDATE (jwe) ON agency_key_grants FROM onedoor_app`);
    await runner.query(`REVOKE UPDATE (retired_at) ON staff_keys FROM onedoor_app`);
    await runner.query(`REVOKE UPDATE (salt, auth_hash, totp_sealed) ON staff FROM onedoor_app`);
    await runner.query(`ALTER TABLE staff_sessions DROP COLUMN method`);
    await runner.query(`UPDATE staff SET salt = '' WHERE salt IS NULL`);
    await runner.query(`ALTER TABLE staff ALTER COLUMN salt SET NOT NULL`);
    await runner.query(`ALTER TABLE staff_keys ADD COLUMN sealed_private text NOT NULL DEFAULT ''`);
    await runner.query(`ALTER TABLE staff_keys ALTER COLUMN sealed_private DROP DEFAULT`);
    await runner.query(`
      UPDATE staff_keys k SET sealed_private = s.sealed_private
        FROM staff_sealed_keys s JOIN staff_authenticators a ON a.id = s.authenticator_id AND a.kind = 'passphrase'
       WHERE s.kid = k.kid`);
    await runner.query(`GRANT SELECT (sealed_private) ON staff_keys TO onedoor_app`);
    await runner.query(`DROP TABLE staff_used_challenges, staff_sealed_keys, staff_authenticators`);
  }
}

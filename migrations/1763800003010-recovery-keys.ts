import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Recovery keys on paper, and which holders of an agency's key have opened it. */
export class RecoveryKeys1763800003010 implements MigrationInterface {
  readonly name = 'RecoveryKeys1763800003010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- How old a key is was not kept before; of those that are there, the day of this change counts.
      ALTER TABLE agency_keys ADD COLUMN made_on date NOT NULL DEFAULT CURRENT_DATE;
      ALTER TABLE agency_keys ALTER COLUMN made_on DROP DEFAULT;
      ALTER TABLE agency_key_grants ADD COLUMN held text;

      CREATE TABLE recovery_keys (
        kid         text NOT NULL CONSTRAINT pk_recovery_keys PRIMARY KEY,
        agency_id   text NOT NULL CONSTRAINT fk_recovery_keys_agency_id REFERENCES agencies (id),
        purpose     text NOT NULL CONSTRAINT ck_recovery_keys_purpose CHECK (purpose IN ('complaints', 'disclosures')),
        jwk         jsonb NOT NULL,
        made_by     uuid NOT NULL CONSTRAINT fk_recovery_keys_made_by REFERENCES staff (id),
        made_on     date NOT NULL,
        proven_on   date,
        drilled_on  date,
        retired_at  timestamptz,
        test_id     uuid NOT NULL,
        test_commit text NOT NULL,
        test_jwe    text NOT NULL
      );
      CREATE INDEX ix_recovery_keys_agency_id ON recovery_keys (agency_id);
      -- One of each kind that is proven, and one that is being made.
      CREATE UNIQUE INDEX ux_recovery_keys_current ON recovery_keys (agency_id, purpose)
        WHERE proven_on IS NOT NULL AND retired_at IS NULL;
      CREATE UNIQUE INDEX ux_recovery_keys_new ON recovery_keys (agency_id, purpose)
        WHERE proven_on IS NULL AND retired_at IS NULL;

      CREATE TABLE recovery_proofs (
        kid       text     NOT NULL CONSTRAINT fk_recovery_proofs_kid REFERENCES recovery_keys (kid),
        share     smallint NOT NULL CONSTRAINT ck_recovery_proofs_share CHECK (share BETWEEN 1 AND 3),
        staff_id  uuid     NOT NULL CONSTRAINT fk_recovery_proofs_staff_id REFERENCES staff (id),
        proven_on date     NOT NULL,
        statement text     NOT NULL,
        CONSTRAINT pk_recovery_proofs PRIMARY KEY (kid, share)
      );

      CREATE TABLE recovery_grants (
        kid          text NOT NULL CONSTRAINT fk_recovery_grants_kid REFERENCES agency_keys (kid),
        recovery_kid text NOT NULL CONSTRAINT fk_recovery_grants_recovery_kid REFERENCES recovery_keys (kid),
        jwe          text NOT NULL,
        CONSTRAINT pk_recovery_grants PRIMARY KEY (kid, recovery_kid)
      );

      CREATE TABLE recovery_drills (
        id         uuid NOT NULL CONSTRAINT pk_recovery_drills PRIMARY KEY,
        kid        text NOT NULL CONSTRAINT fk_recovery_drills_kid REFERENCES recovery_keys (kid),
        staff_id   uuid NOT NULL CONSTRAINT fk_recovery_drills_staff_id REFERENCES staff (id),
        drilled_on date NOT NULL,
        statement  text NOT NULL
      );
      CREATE INDEX ix_recovery_drills_kid ON recovery_drills (kid);

      GRANT SELECT (made_on), UPDATE (retired_at) ON agency_keys TO onedoor_app;
      GRANT SELECT (held), UPDATE (jwe, held) ON agency_key_grants TO onedoor_app;
      GRANT SELECT (kid, agency_id, purpose, jwk, made_by, made_on, proven_on, drilled_on, retired_at,
                    test_id, test_commit, test_jwe), INSERT,
            UPDATE (proven_on, drilled_on, retired_at, test_id, test_commit, test_jwe) ON recovery_keys TO onedoor_app;
      GRANT SELECT (kid, share, staff_id, proven_on, statement), INSERT ON recovery_proofs TO onedoor_app;
      GRANT SELECT (kid, recovery_kid, jwe), INSERT, UPDATE (jwe) ON recovery_grants TO onedoor_app;
      GRANT SELECT (id, kid, staff_id, drilled_on, statement), INSERT ON recovery_drills TO onedoor_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE recovery_drills, recovery_grants, recovery_proofs, recovery_keys;
      REVOKE UPDATE (jwe) ON agency_key_grants FROM onedoor_app;
      REVOKE UPDATE (retired_at) ON agency_keys FROM onedoor_app;
      ALTER TABLE agency_key_grants DROP COLUMN held;
      ALTER TABLE agency_keys DROP COLUMN made_on;
    `);
  }
}

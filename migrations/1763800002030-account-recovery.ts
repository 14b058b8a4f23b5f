import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Two colleagues let somebody in again who lost every way in. */
export class AccountRecovery1763800002030 implements MigrationInterface {
  readonly name = 'AccountRecovery1763800002030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE account_recoveries (
        id          uuid        NOT NULL CONSTRAINT pk_account_recoveries PRIMARY KEY,
        staff_id    uuid        NOT NULL CONSTRAINT fk_account_recoveries_staff_id REFERENCES staff (id)
                                CONSTRAINT uq_account_recoveries_staff_id UNIQUE,
        agency_id   text        NOT NULL CONSTRAINT fk_account_recoveries_agency_id REFERENCES agencies (id),
        begun_by    uuid        NOT NULL CONSTRAINT fk_account_recoveries_begun_by REFERENCES staff (id),
        approved_by uuid        CONSTRAINT fk_account_recoveries_approved_by REFERENCES staff (id),
        token_hash  bytea       CONSTRAINT uq_account_recoveries_token_hash UNIQUE,
        expires_at  timestamptz NOT NULL,
        CONSTRAINT ck_account_recoveries_two CHECK (begun_by <> staff_id AND approved_by <> staff_id
          AND approved_by <> begun_by AND (token_hash IS NULL) = (approved_by IS NULL))
      );
      CREATE INDEX ix_account_recoveries_expires_at ON account_recoveries (expires_at);
      GRANT SELECT (id, staff_id, agency_id, begun_by, approved_by, token_hash, expires_at), INSERT,
            UPDATE (approved_by, token_hash, expires_at), DELETE ON account_recoveries TO onedoor_app;
      -- What was granted to keys that are lost is no use to anybody, and stands in the way of a new grant.
      GRANT DELETE ON agency_key_grants TO onedoor_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE DELETE ON agency_key_grants FROM onedoor_app;
      DROP TABLE account_recoveries;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who a person is to their agency's own sign-in. */
export class OpenId1763800002020 implements MigrationInterface {
  readonly name = 'OpenId1763800002020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE staff_identities (
        id        uuid NOT NULL CONSTRAINT pk_staff_identities PRIMARY KEY,
        staff_id  uuid NOT NULL CONSTRAINT fk_staff_identities_staff_id REFERENCES staff (id),
        issuer    text NOT NULL,
        subject   text NOT NULL,
        linked_on date NOT NULL,
        CONSTRAINT uq_staff_identities_issuer_subject UNIQUE (issuer, subject)
      );
      CREATE INDEX ix_staff_identities_staff_id ON staff_identities (staff_id);
      GRANT SELECT (id, staff_id, issuer, subject, linked_on), INSERT, DELETE ON staff_identities TO onedoor_app;

      ALTER TABLE staff_sessions ADD COLUMN resists_phishing boolean NOT NULL DEFAULT false;
      UPDATE staff_sessions SET resists_phishing = true WHERE method = 'passkey';
      ALTER TABLE staff_sessions ALTER COLUMN resists_phishing DROP DEFAULT;
      GRANT SELECT (resists_phishing) ON staff_sessions TO onedoor_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE staff_sessions DROP COLUMN resists_phishing;
      DROP TABLE staff_identities;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Connected agencies, their keys, and who holds them. */
export class Agencies1763780000010 implements MigrationInterface {
  readonly name = 'Agencies1763780000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE agencies (
        id              text    NOT NULL CONSTRAINT pk_agencies PRIMARY KEY,
        notice_email    text,
        open_for_intake boolean NOT NULL DEFAULT false,
        publishes       jsonb
      )`);
    await runner.query(`
      CREATE TABLE agency_keys (
        kid        text    NOT NULL CONSTRAINT pk_agency_keys PRIMARY KEY,
        agency_id  text    NOT NULL CONSTRAINT fk_agency_keys_agency_id REFERENCES agencies (id),
        purpose    text    NOT NULL,
        epoch      integer NOT NULL,
        jwk        jsonb   NOT NULL,
        made_by    uuid,
        retired_at timestamptz,
        CONSTRAINT uq_agency_keys_agency_id_purpose_epoch UNIQUE (agency_id, purpose, epoch)
      )`);
    await runner.query(`
      CREATE TABLE agency_key_grants (
        kid      text NOT NULL CONSTRAINT fk_agency_key_grants_kid REFERENCES agency_keys (kid),
        staff_id uuid NOT NULL,
        jwe      text NOT NULL,
        CONSTRAINT pk_agency_key_grants PRIMARY KEY (kid, staff_id)
      )`);
    // Column by column: that keeps xmin and ctid, which tell when a row was written, from the application.
    await runner.query(`
      GRANT SELECT (id, notice_email, open_for_intake, publishes), INSERT,
            UPDATE (notice_email, open_for_intake, publishes) ON agencies TO onedoor_app`);
    await runner.query(`
      GRANT SELECT (kid, agency_id, purpose, epoch, jwk, made_by, retired_at), INSERT ON agency_keys TO onedoor_app`);
    await runner.query(`GRANT SELECT (kid, staff_id, jwe), INSERT ON agency_key_grants TO onedoor_app`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE agency_key_grants, agency_keys, agencies`);
  }
}

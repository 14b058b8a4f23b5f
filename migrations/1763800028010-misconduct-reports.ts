import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secure } from './row-security.js';

/* The same sentences as in src/disclosures/reports/report.policy.ts; which agency takes reports is asked there. */
const REPORTS = `(SELECT acting_as('disclosure_officer', 'lead')) AND NOT (SELECT acting_as('admin', 'auditor', 'analyst'))`;
const MINE = `made_by = (SELECT acting_staff()) AND from_agency = (SELECT acting_agency()) AND ${REPORTS}`;
const TO_US = `to_agency = (SELECT acting_agency()) AND (SELECT oversees()) AND (SELECT reads_complaints())
  AND (SELECT acting_as('officer'))`;

/** Reports of serious misconduct to the body that takes them centrally: which agency's, of which day, and sealed. */
export class MisconductReports1763800028010 implements MigrationInterface {
  readonly name = 'MisconductReports1763800028010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE misconduct_reports (
        id uuid CONSTRAINT pk_misconduct_reports PRIMARY KEY,
        from_agency text NOT NULL CONSTRAINT fk_misconduct_reports_from_agency REFERENCES agencies (id),
        to_agency text NOT NULL CONSTRAINT fk_misconduct_reports_to_agency REFERENCES agencies (id),
        made_by uuid NOT NULL,
        made_on date NOT NULL,
        jwe text NOT NULL,
        received_on date,
        received_by uuid,
        CONSTRAINT ck_misconduct_reports_jwe CHECK (octet_length(jwe) <= 180000),
        CONSTRAINT ck_misconduct_reports_received CHECK ((received_on IS NULL) = (received_by IS NULL))
      );
      CREATE INDEX ix_misconduct_reports_to ON misconduct_reports (to_agency, made_on, id);
      CREATE INDEX ix_misconduct_reports_made_by ON misconduct_reports (made_by, made_on, id);

      -- Never deleted, and changed once: when it was received.
      GRANT SELECT (id, from_agency, to_agency, made_by, made_on, jwe, received_on),
        INSERT (id, from_agency, to_agency, made_by, made_on, jwe), UPDATE (received_on, received_by)
        ON misconduct_reports TO onedoor_web;
    `);
    await runner.query(secure('misconduct_reports'));
    await runner.query(`
      CREATE POLICY web_sees ON misconduct_reports FOR SELECT TO onedoor_web USING ((${MINE}) OR (${TO_US}));
      CREATE POLICY web_makes ON misconduct_reports FOR INSERT TO onedoor_web WITH CHECK (${MINE});
      CREATE POLICY web_receives ON misconduct_reports FOR UPDATE TO onedoor_web
        USING (received_on IS NULL AND ${TO_US})
        WITH CHECK (received_by = (SELECT acting_staff()) AND ${TO_US});
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE misconduct_reports');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secure } from './row-security.js';

const HERE = `EXISTS (SELECT FROM recovery_keys k WHERE k.kid = recoveries.kid AND k.agency_id = (SELECT acting_agency()))`;

/** Keys granted again with a recovery key from paper: who asked for it, for whom, and who agreed. */
export class Recoveries1763800013030 implements MigrationInterface {
  readonly name = 'Recoveries1763800013030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE recoveries (
        id           uuid        NOT NULL CONSTRAINT pk_recoveries PRIMARY KEY,
        kid          text        NOT NULL CONSTRAINT fk_recoveries_kid REFERENCES recovery_keys (kid),
        asked_by     uuid        NOT NULL CONSTRAINT fk_recoveries_asked_by REFERENCES staff (id),
        asked_at     timestamptz NOT NULL,
        statement    text        NOT NULL,
        confirmed_by uuid        CONSTRAINT fk_recoveries_confirmed_by REFERENCES staff (id),
        confirmed_at timestamptz,
        confirmation text,
        CONSTRAINT ck_recoveries_confirmed CHECK (
          (confirmed_by IS NULL) = (confirmed_at IS NULL) AND (confirmed_by IS NULL) = (confirmation IS NULL)
          AND confirmed_by <> asked_by)
      );
      CREATE INDEX ix_recoveries_kid ON recoveries (kid);
      GRANT SELECT (id, kid, asked_by, asked_at, statement, confirmed_by, confirmed_at, confirmation), INSERT,
            UPDATE (confirmed_by, confirmed_at, confirmation) ON recoveries TO onedoor_web;
    `);
    await runner.query(secure('recoveries'));
    await runner.query(`
      CREATE POLICY web ON recoveries TO onedoor_web USING (${HERE});

      -- A disclosure that two officers agreed, within a day, to grant again from paper. As the owner: see the rows of cases.
      CREATE FUNCTION is_on_paper(of_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          SELECT reads_disclosures() AND EXISTS (
            SELECT FROM cases c
              JOIN case_grants g ON g.case_id = c.id
              JOIN recovery_keys k ON k.kid = g.reader AND k.purpose = 'disclosures' AND k.agency_id = c.agency_id
              JOIN recoveries r ON r.kid = k.kid AND r.confirmed_at > now() - interval '24 hours'
             WHERE c.id = of_case AND c.agency_id = acting_agency() AND c.path = 'disclosure'
               AND NOT is_walled(c.id, c.whole_id));
        END;
      REVOKE EXECUTE ON FUNCTION is_on_paper(uuid) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION is_on_paper(uuid) TO onedoor_web;
      CREATE POLICY web_from_paper ON cases FOR SELECT TO onedoor_web
        USING (path = 'disclosure' AND agency_id = (SELECT acting_agency()) AND is_on_paper(id));
      CREATE POLICY web_from_paper ON case_epochs FOR SELECT TO onedoor_web USING (is_on_paper(case_id));
      CREATE POLICY web_from_paper ON case_grants FOR SELECT TO onedoor_web USING (is_on_paper(case_id));
      CREATE POLICY web_grants_from_paper ON case_grants FOR INSERT TO onedoor_web WITH CHECK (is_on_paper(case_id));
      CREATE POLICY web_from_paper ON disposal.keys FOR SELECT TO onedoor_web USING (is_on_paper(case_id));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP POLICY web_from_paper ON disposal.keys;
      DROP POLICY web_grants_from_paper ON case_grants;
      DROP POLICY web_from_paper ON case_grants;
      DROP POLICY web_from_paper ON case_epochs;
      DROP POLICY web_from_paper ON cases;
      DROP FUNCTION is_on_paper(uuid);
      DROP TABLE recoveries;
    `);
  }
}

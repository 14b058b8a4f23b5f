import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secure } from './row-security.js';

const HOLDS = `EXISTS (SELECT FROM cases c WHERE c.id = case_id AND c.agency_id = (SELECT acting_agency())
                          AND c.path = 'disclosure' OFFSET 0)`;

/** Who was let read a disclosure later, shown by who held its key: without that no browser believes it. */
export class Joinings1763800027030 implements MigrationInterface {
  readonly name = 'Joinings1763800027030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE case_joinings (
        case_id uuid    NOT NULL CONSTRAINT fk_case_joinings_case_id REFERENCES cases (id),
        epoch   integer NOT NULL,
        kid     text    NOT NULL,
        held    text    NOT NULL,
        CONSTRAINT pk_case_joinings PRIMARY KEY (case_id, epoch, kid)
      );
      ${secure('case_joinings')}
      GRANT SELECT (case_id, epoch, kid, held), INSERT ON case_joinings TO onedoor_web;
      CREATE POLICY web_sees ON case_joinings FOR SELECT TO onedoor_web
        USING (EXISTS (SELECT FROM cases c WHERE c.id = case_id OFFSET 0));
      -- To whom it was granted before, and nobody who is kept out of it.
      CREATE POLICY web_adds ON case_joinings FOR INSERT TO onedoor_web
        WITH CHECK ((SELECT acting_kind()) = 'staff' AND ${HOLDS} AND NOT is_reader_kept_out(case_id, kid)
                    AND EXISTS (SELECT FROM case_grants g
                                 WHERE g.case_id = case_joinings.case_id AND g.key = 'case' AND g.epoch = case_joinings.epoch
                                   AND g.reader = case_joinings.kid));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE case_joinings');
  }
}

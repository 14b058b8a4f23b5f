import type { MigrationInterface, QueryRunner } from 'typeorm';

const OF_CASE = (column: string): string =>
  `EXISTS (SELECT FROM cases c WHERE c.id = ${column} AND c.agency_id = (SELECT acting_agency()) OFFSET 0)`;
const OF_PART = `EXISTS (SELECT FROM cases c WHERE c.whole_id = case_walls.case_id AND c.agency_id = (SELECT acting_agency()) OFFSET 0)`;

/** Walls that the person themself sets: whom they leave out of a disclosure, no agency lets in again. */
export class Exclusions1763800016010 implements MigrationInterface {
  readonly name = 'Exclusions1763800016010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE case_walls ALTER COLUMN set_by DROP NOT NULL;
      ALTER TABLE case_walls DROP CONSTRAINT ck_case_walls_reason, DROP CONSTRAINT ck_case_walls_lifted;
      ALTER TABLE case_walls
        ADD CONSTRAINT ck_case_walls_reason
          CHECK (reason IN ('conflict_of_interest', 'knows_person', 'named', 'other', 'excluded')),
        ADD CONSTRAINT ck_case_walls_excluded CHECK ((reason = 'excluded') = (set_by IS NULL)),
        ADD CONSTRAINT ck_case_walls_lifted
          CHECK ((lifted_by IS NULL) = (lifted_on IS NULL) AND lifted_by <> staff_id AND (lifted_on IS NULL OR set_by IS NOT NULL));

      -- With the case, in the very statement that makes it.
      CREATE POLICY web_excludes ON case_walls FOR INSERT TO onedoor_web
        WITH CHECK ((SELECT acting_kind()) = 'public' AND is_new(case_id) AND set_by IS NULL AND lifted_on IS NULL);
      DROP POLICY web_lifts ON case_walls;
      CREATE POLICY web_lifts ON case_walls FOR UPDATE TO onedoor_web
        USING (set_by IS NOT NULL AND (${OF_CASE('case_id')} OR ${OF_PART}));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP POLICY web_excludes ON case_walls;
      DROP POLICY web_lifts ON case_walls;
      CREATE POLICY web_lifts ON case_walls FOR UPDATE TO onedoor_web USING (${OF_CASE('case_id')} OR ${OF_PART});
      -- Without this there is nobody who could keep them out.
      DELETE FROM case_walls WHERE set_by IS NULL;
      ALTER TABLE case_walls DROP CONSTRAINT ck_case_walls_reason, DROP CONSTRAINT ck_case_walls_excluded,
        DROP CONSTRAINT ck_case_walls_lifted;
      ALTER TABLE case_walls
        ADD CONSTRAINT ck_case_walls_reason CHECK (reason IN ('conflict_of_interest', 'knows_person', 'named', 'other')),
        ADD CONSTRAINT ck_case_walls_lifted CHECK ((lifted_by IS NULL) = (lifted_on IS NULL) AND lifted_by <> staff_id);
      ALTER TABLE case_walls ALTER COLUMN set_by SET NOT NULL;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Walls between members of staff and cases: recusals, and people who are named in a case. */
export class Walls1763800005010 implements MigrationInterface {
  readonly name = 'Walls1763800005010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE case_walls (
        id uuid CONSTRAINT pk_case_walls PRIMARY KEY,
        case_id uuid NOT NULL CONSTRAINT fk_case_walls_case_id REFERENCES cases (id),
        staff_id uuid NOT NULL CONSTRAINT fk_case_walls_staff_id REFERENCES staff (id),
        reason text NOT NULL,
        set_by uuid NOT NULL CONSTRAINT fk_case_walls_set_by REFERENCES staff (id),
        set_on date NOT NULL,
        lifted_by uuid CONSTRAINT fk_case_walls_lifted_by REFERENCES staff (id),
        lifted_on date,
        CONSTRAINT ck_case_walls_reason CHECK (reason IN ('conflict_of_interest', 'knows_person', 'named', 'other')),
        CONSTRAINT ck_case_walls_lifted CHECK ((lifted_by IS NULL) = (lifted_on IS NULL) AND lifted_by <> staff_id)
      );
      -- One that stands, for each person and case; it is what every list asks.
      CREATE UNIQUE INDEX ix_case_walls_standing ON case_walls (staff_id, case_id) WHERE lifted_on IS NULL;
      CREATE INDEX ix_case_walls_case_id ON case_walls (case_id);

      -- Column by column: that keeps xmin and ctid, which tell when a row was written, from the application.
      GRANT SELECT (id, case_id, staff_id, reason, set_by, set_on, lifted_by, lifted_on), INSERT,
            UPDATE (lifted_by, lifted_on) ON case_walls TO onedoor_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE case_walls`);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How cases end, parts of a case with owners and outcomes of their own, and links to other cases. */
export class Parts1763790000050 implements MigrationInterface {
  readonly name = 'Parts1763790000050';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE cases
        ADD COLUMN whole_id uuid CONSTRAINT fk_cases_whole_id REFERENCES cases (id),
        ADD COLUMN part_number integer,
        ADD COLUMN outcome text,
        ADD COLUMN closed_on date,
        ADD CONSTRAINT ck_cases_part CHECK ((whole_id IS NULL) = (part_number IS NULL)
                                            AND part_number BETWEEN 1 AND 9 AND whole_id <> id),
        ADD CONSTRAINT ck_cases_part_path CHECK (path = 'complaint' OR whole_id IS NULL),
        ADD CONSTRAINT ck_cases_outcome CHECK (outcome IN ('upheld', 'partly_upheld', 'not_upheld', 'resolved', 'no_power',
                                                           'duplicate', 'withdrawn')),
        -- An outcome comes with its day, and only a closed case has them.
        ADD CONSTRAINT ck_cases_closed CHECK ((status = 'closed' OR closed_on IS NULL)
                                              AND (outcome IS NULL) = (closed_on IS NULL));
      -- Unique, so that two who split at once do not make the same part.
      CREATE UNIQUE INDEX ix_cases_whole ON cases (whole_id, part_number) WHERE whole_id IS NOT NULL;

      -- One-sided: what an agency noted of another case's reference. There need not be such a case.
      CREATE TABLE case_links (
        id uuid CONSTRAINT pk_case_links PRIMARY KEY,
        case_id uuid NOT NULL CONSTRAINT fk_case_links_case_id REFERENCES cases (id),
        agency_id text NOT NULL CONSTRAINT fk_case_links_agency_id REFERENCES agencies (id),
        reference text NOT NULL,
        kind text NOT NULL,
        made_by uuid NOT NULL,
        made_on date NOT NULL,
        CONSTRAINT uq_case_links_reference UNIQUE (case_id, agency_id, reference),
        CONSTRAINT ck_case_links_kind CHECK (kind IN ('related', 'duplicate'))
      );

      ALTER TABLE case_items DROP CONSTRAINT ck_case_items_kind,
        ADD CONSTRAINT ck_case_items_kind
          CHECK (kind IN ('statement', 'identity', 'message', 'reply', 'note', 'referral', 'excerpt'));

      -- Column by column: that keeps xmin and ctid, which tell when a row was written, from the application.
      GRANT SELECT (whole_id, part_number, outcome, closed_on), UPDATE (outcome, closed_on) ON cases TO onedoor_app;
      GRANT SELECT (id, case_id, agency_id, reference, kind, made_by, made_on), INSERT, DELETE
        ON case_links TO onedoor_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE case_links;
      DELETE FROM case_items WHERE kind = 'excerpt';
      ALTER TABLE case_items DROP CONSTRAINT ck_case_items_kind,
        ADD CONSTRAINT ck_case_items_kind
          CHECK (kind IN ('statement', 'identity', 'message', 'reply', 'note', 'referral'));
      DROP INDEX ix_cases_whole;
      ALTER TABLE cases DROP COLUMN whole_id, DROP COLUMN part_number, DROP COLUMN outcome, DROP COLUMN closed_on;
    `);
  }
}

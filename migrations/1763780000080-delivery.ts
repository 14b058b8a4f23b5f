import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Notices by email: to whom, and what became of them. No address and no text lies here. */
export class Delivery1763780000080 implements MigrationInterface {
  readonly name = 'Delivery1763780000080';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE notices (
        id uuid CONSTRAINT pk_notices PRIMARY KEY,
        case_id uuid,
        agency_id text,
        to_whom text NOT NULL,
        state text NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        sent_on date,
        CONSTRAINT ck_notices_to_whom CHECK (to_whom IN ('agency', 'person')),
        CONSTRAINT ck_notices_state CHECK (state IN ('waiting', 'sent', 'dead')),
        CONSTRAINT ck_notices_sent_on CHECK ((state = 'sent') = (sent_on IS NOT NULL))
      );
      CREATE INDEX ix_notices_case_id ON notices (case_id);
      -- Column by column: that keeps xmin and ctid, which tell when a row was written, from the application.
      GRANT SELECT (id, case_id, agency_id, to_whom, state, attempts, sent_on), INSERT,
            UPDATE (state, attempts, sent_on) ON notices TO onedoor_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE notices`);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What reminders and the operator's page need: a day's reminders, queues that rest, and indexes for what they ask. */
export class Reminders1763790000030 implements MigrationInterface {
  readonly name = 'Reminders1763790000030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE reminders (
        id uuid CONSTRAINT pk_reminders PRIMARY KEY,
        agency_id text NOT NULL,
        day date NOT NULL,
        due_soon integer NOT NULL,
        overdue integer NOT NULL,
        -- One a day, whatever the clock of the server does.
        CONSTRAINT uq_reminders_agency_id_day UNIQUE (agency_id, day)
      );
      -- What was answered or handed on is not in it: it stays as small as what is still to be done.
      CREATE INDEX ix_clocks_running ON clocks (due_on, case_id) WHERE met_on IS NULL AND stopped_on IS NULL;
      CREATE INDEX ix_notices_agency ON notices (agency_id, state, sent_on) WHERE to_whom = 'agency';

      CREATE TABLE queue_pauses (
        queue text CONSTRAINT pk_queue_pauses PRIMARY KEY,
        paused_by uuid NOT NULL,
        paused_on date NOT NULL,
        CONSTRAINT ck_queue_pauses_queue CHECK (queue IN ('routing', 'delivery', 'clocks'))
      );

      -- Column by column: that keeps xmin and ctid, which tell when a row was written, from the application.
      GRANT SELECT (id, agency_id, day, due_soon, overdue), INSERT ON reminders TO onedoor_app;
      GRANT SELECT (queue, paused_by, paused_on), INSERT, DELETE ON queue_pauses TO onedoor_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE queue_pauses, reminders;
      DROP INDEX ix_clocks_running, ix_notices_agency;
    `);
  }
}

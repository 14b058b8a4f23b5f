import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where agencies with systems of their own are called, and the calls that are promised and not made yet. */
export class Webhooks1763790000040 implements MigrationInterface {
  readonly name = 'Webhooks1763790000040';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE webhook_endpoints (
        agency_id text CONSTRAINT pk_webhook_endpoints PRIMARY KEY
          CONSTRAINT fk_webhook_endpoints_agency_id REFERENCES agencies (id),
        url text NOT NULL,
        active boolean NOT NULL DEFAULT true,
        failures integer NOT NULL DEFAULT 0,
        error_code text,
        last_delivered_on date
      );
      CREATE TABLE webhook_calls (
        id uuid CONSTRAINT pk_webhook_calls PRIMARY KEY,
        agency_id text NOT NULL CONSTRAINT fk_webhook_calls_agency_id REFERENCES agencies (id),
        event text NOT NULL,
        case_id uuid,
        item_id uuid,
        CONSTRAINT ck_webhook_calls_event CHECK (event IN ('case.placed', 'case.message', 'case.handed_over', 'test')),
        CONSTRAINT ck_webhook_calls_case CHECK ((event = 'test') = (case_id IS NULL)),
        CONSTRAINT ck_webhook_calls_item CHECK ((event = 'case.message') = (item_id IS NOT NULL))
      );
      CREATE INDEX ix_webhook_calls_agency_id ON webhook_calls (agency_id);

      -- Column by column: that keeps xmin and ctid, which tell when a row was written, from the application.
      GRANT SELECT (agency_id, url, active, failures, error_code, last_delivered_on), INSERT (agency_id, url), DELETE,
            UPDATE (url, active, failures, error_code, last_delivered_on) ON webhook_endpoints TO onedoor_app;
      GRANT SELECT (id, agency_id, event, case_id, item_id), INSERT, DELETE ON webhook_calls TO onedoor_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE webhook_calls, webhook_endpoints`);
  }
}

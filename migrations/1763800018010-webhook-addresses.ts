import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The address at which an agency's system is called may hold a password. That there is one, and how calls go, others than
 * the agency's administrator may know; the address is told to them alone.
 */
export class WebhookAddresses1763800018010 implements MigrationInterface {
  readonly name = 'WebhookAddresses1763800018010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE SELECT (url) ON webhook_endpoints FROM onedoor_web;
      CREATE FUNCTION own_webhook_url() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          SELECT e.url FROM webhook_endpoints e
           WHERE e.agency_id = (SELECT acting_agency()) AND (SELECT acting_as('admin'));
        END;
      REVOKE EXECUTE ON FUNCTION own_webhook_url() FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION own_webhook_url() TO onedoor_web;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION own_webhook_url();
      GRANT SELECT (url) ON webhook_endpoints TO onedoor_web;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

const LEADS = (where: string): string => `
  CREATE OR REPLACE FUNCTION leads_system() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN acting_as('system_lead') AND NOT acting_as('admin', 'auditor')${where}`;

/** A lead of the system is one of the operator's people: at any other agency the role gives nothing. */
export class LeadOfTheOperator1763800016030 implements MigrationInterface {
  readonly name = 'LeadOfTheOperator1763800016030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(LEADS(` AND coalesce(current_setting('onedoor.actor_operator', true) = 'on', false)`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(LEADS(''));
  }
}

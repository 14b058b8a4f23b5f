import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who acts, for policies to ask: what `config/database.ts` says at the beginning of each transaction. Nothing where nobody
 * said it, and then nobody is anybody.
 *
 * What this gives: a statement with a forgotten or wrong condition finds the rows of who acts and no others. What it does
 * not: a server that was taken over says for whom it acts, and can say it is anybody its login may act for.
 */
export class WhoActs1763800000002 implements MigrationInterface {
  readonly name = 'WhoActs1763800000002';

  readonly #functions: readonly (readonly [name: string, returns: string, is: string])[] = [
    ['acting_kind()', 'text', `nullif(current_setting('onedoor.actor_kind', true), '')`],
    ['acting_id()', 'text', `nullif(current_setting('onedoor.actor_id', true), '')`],
    ['acting_staff()', 'uuid', `CASE WHEN acting_kind() = 'staff' THEN acting_id()::uuid END`],
    [
      'acting_agency()',
      'text',
      `CASE WHEN acting_kind() = 'staff' THEN nullif(current_setting('onedoor.actor_agency', true), '') END`,
    ],
    ['acting_case()', 'uuid', `CASE WHEN acting_kind() = 'mailbox' THEN acting_id()::uuid END`],
    ['acting_system()', 'text', `CASE WHEN acting_kind() = 'system' THEN acting_id() END`],
    [
      'acting_as(VARIADIC roles text[])',
      'boolean',
      `coalesce(acting_kind() = 'staff' AND string_to_array(current_setting('onedoor.actor_roles', true), ',') && roles, false)`,
    ],
    // The same sentences as in src/staff/staff.policy.ts, told a second time and on purpose.
    [
      'reads_complaints()',
      'boolean',
      `acting_as('officer', 'lead', 'triage') AND NOT acting_as('admin', 'auditor', 'analyst')`,
    ],
    [
      'reads_disclosures()',
      'boolean',
      `acting_as('disclosure_officer') AND NOT acting_as('admin', 'auditor', 'analyst')`,
    ],
    ['leads_system()', 'boolean', `acting_as('system_lead') AND NOT acting_as('admin', 'auditor')`],
    ['operates()', 'boolean', `acting_as('admin') AND current_setting('onedoor.actor_operator', true) = 'on'`],
  ];

  async up(runner: QueryRunner): Promise<void> {
    for (const [signature, returns, is] of this.#functions) {
      await runner.query(
        `CREATE FUNCTION ${signature} RETURNS ${returns} LANGUAGE sql STABLE PARALLEL SAFE RETURN ${is}`,
      );
      const name = signature.replace('VARIADIC roles ', '');
      await runner.query(`REVOKE EXECUTE ON FUNCTION ${name} FROM PUBLIC`);
      await runner.query(
        `GRANT EXECUTE ON FUNCTION ${name} TO onedoor_web, onedoor_worker, onedoor_publisher, onedoor_auditor`,
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [signature] of this.#functions.toReversed()) {
      await runner.query(`DROP FUNCTION ${signature.replace('VARIADIC roles ', '')}`);
    }
  }
}

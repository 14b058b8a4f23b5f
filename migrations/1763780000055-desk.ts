import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the desk's filters are answered by. Each ends in the order of the list, so that a page is read off the index and
 * nothing is sorted. `IS NULL` gives PostgreSQL no constant to order behind, hence the partial ones.
 */
export class Desk1763780000055 implements MigrationInterface {
  readonly name = 'Desk1763780000055';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX ix_cases_status ON cases (agency_id, path, status, lodged_on, id);
      CREATE INDEX ix_cases_held ON cases (assigned_to, path, lodged_on, id) WHERE assigned_to IS NOT NULL;
      CREATE INDEX ix_cases_held_status ON cases (assigned_to, path, status, lodged_on, id) WHERE assigned_to IS NOT NULL;
      CREATE INDEX ix_cases_free ON cases (agency_id, path, lodged_on, id) WHERE assigned_to IS NULL;
      CREATE INDEX ix_cases_free_status ON cases (agency_id, path, status, lodged_on, id) WHERE assigned_to IS NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX ix_cases_status, ix_cases_held, ix_cases_held_status, ix_cases_free, ix_cases_free_status`);
  }
}

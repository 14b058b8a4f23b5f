import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Somebody can leave an agency: the account stays, for what it did, and opens nothing. */
export class Leaving1763800003020 implements MigrationInterface {
  readonly name = 'Leaving1763800003020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('GRANT UPDATE (active) ON staff TO onedoor_app');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('REVOKE UPDATE (active) ON staff FROM onedoor_app');
  }
}

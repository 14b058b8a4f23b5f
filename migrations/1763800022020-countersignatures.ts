import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A countersignature is an item of its case, sealed like any other, and there is one. */
export class Countersignatures1763800022020 implements MigrationInterface {
  readonly name = 'Countersignatures1763800022020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE case_items DROP CONSTRAINT ck_case_items_kind,
        ADD CONSTRAINT ck_case_items_kind CHECK
          (kind IN ('statement', 'identity', 'message', 'reply', 'note', 'referral', 'excerpt', 'countersignature'));
      CREATE UNIQUE INDEX ix_case_items_countersignature ON case_items (case_id) WHERE kind = 'countersignature';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX ix_case_items_countersignature;
      DELETE FROM case_items WHERE kind = 'countersignature';
      ALTER TABLE case_items DROP CONSTRAINT ck_case_items_kind,
        ADD CONSTRAINT ck_case_items_kind
          CHECK (kind IN ('statement', 'identity', 'message', 'reply', 'note', 'referral', 'excerpt'));
    `);
  }
}

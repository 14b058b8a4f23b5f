import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A countersignature that does not verify keeps no other out: there is one by each officer. */
export class CountersignaturesOfEach1763800027010 implements MigrationInterface {
  readonly name = 'CountersignaturesOfEach1763800027010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX ix_case_items_countersignature;
      CREATE UNIQUE INDEX ix_case_items_countersignature ON case_items (case_id, staff_id) WHERE kind = 'countersignature';

      -- From which day on what was lodged has its commitment kept: null while there is none. The first day that was closed may
      -- have begun before that.
      CREATE FUNCTION commitments_kept_since() RETURNS date LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          SELECT coalesce((SELECT min(d.day) + 1 FROM lodged_days d), (SELECT min(c.day) FROM lodged_commitments c));
        END;
      REVOKE EXECUTE ON FUNCTION commitments_kept_since() FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION commitments_kept_since() TO onedoor_web;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION commitments_kept_since();
      DELETE FROM case_items i WHERE i.kind = 'countersignature' AND EXISTS (
        SELECT FROM case_items o WHERE o.case_id = i.case_id AND o.kind = i.kind AND o.position < i.position);
      DROP INDEX ix_case_items_countersignature;
      CREATE UNIQUE INDEX ix_case_items_countersignature ON case_items (case_id) WHERE kind = 'countersignature';
    `);
  }
}

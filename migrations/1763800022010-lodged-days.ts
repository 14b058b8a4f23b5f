import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secure } from './row-security.js';

const SYSTEM = `(SELECT acting_kind()) = 'system'`;

/** What was lodged, by its commitment and without its case; and of each day a tree over it, whose root the log of keys takes. */
export class LodgedDays1763800022010 implements MigrationInterface {
  readonly name = 'LodgedDays1763800022010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Those of days that are not closed yet.
      CREATE TABLE lodged_commitments (
        commitment bytea CONSTRAINT pk_lodged_commitments PRIMARY KEY,
        day date NOT NULL
      );
      CREATE TABLE lodged_days (
        day date CONSTRAINT pk_lodged_days PRIMARY KEY,
        root bytea NOT NULL
      );
      -- Real ones and others that were made up, shuffled, and written in one transaction: nothing tells them apart.
      CREATE TABLE lodged_leaves (
        day date NOT NULL CONSTRAINT fk_lodged_leaves_day REFERENCES lodged_days (day),
        position integer NOT NULL,
        commitment bytea NOT NULL,
        CONSTRAINT pk_lodged_leaves PRIMARY KEY (day, position),
        CONSTRAINT uq_lodged_leaves_commitment UNIQUE (commitment)
      );
      ${secure('lodged_commitments', 'lodged_days', 'lodged_leaves')}
      GRANT INSERT ON lodged_commitments TO onedoor_web;
      CREATE POLICY web_lodges ON lodged_commitments FOR INSERT TO onedoor_web
        WITH CHECK ((SELECT acting_kind()) = 'public');
      GRANT SELECT (commitment, day), DELETE ON lodged_commitments TO onedoor_worker;
      CREATE POLICY worker ON lodged_commitments TO onedoor_worker USING (${SYSTEM});
      GRANT SELECT (day), INSERT ON lodged_days TO onedoor_worker;
      CREATE POLICY worker ON lodged_days TO onedoor_worker USING (${SYSTEM});
      GRANT SELECT (commitment), INSERT ON lodged_leaves TO onedoor_worker;
      CREATE POLICY worker ON lodged_leaves TO onedoor_worker USING (${SYSTEM});
      GRANT SELECT (day, root) ON lodged_days TO onedoor_publisher;
      CREATE POLICY publisher ON lodged_days FOR SELECT TO onedoor_publisher USING (${SYSTEM});
      GRANT SELECT (day, position, commitment) ON lodged_leaves TO onedoor_publisher;
      CREATE POLICY publisher ON lodged_leaves FOR SELECT TO onedoor_publisher USING (${SYSTEM});

      -- For who has a commitment, which nobody guesses: that it was lodged, and what its proof is made of. Nobody lists them.
      CREATE FUNCTION is_lodged(wanted bytea) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          SELECT EXISTS (SELECT FROM lodged_commitments c WHERE c.commitment = wanted)
              OR EXISTS (SELECT FROM lodged_leaves l WHERE l.commitment = wanted);
        END;
      CREATE FUNCTION leaves_beside(wanted bytea) RETURNS TABLE (day date, commitment bytea)
        LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          SELECT l.day, l.commitment FROM lodged_leaves l
           WHERE l.day = (SELECT w.day FROM lodged_leaves w WHERE w.commitment = wanted) ORDER BY l.position;
        END;
      REVOKE EXECUTE ON FUNCTION is_lodged(bytea), leaves_beside(bytea) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION is_lodged(bytea), leaves_beside(bytea) TO onedoor_web;

      ALTER TABLE key_log_entries ALTER COLUMN agency_id DROP NOT NULL, ALTER COLUMN use DROP NOT NULL,
        ALTER COLUMN kid DROP NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A log that has a day in it does not end before it: this fails then, as it must.
      ALTER TABLE key_log_entries ALTER COLUMN agency_id SET NOT NULL, ALTER COLUMN use SET NOT NULL,
        ALTER COLUMN kid SET NOT NULL;
      DROP FUNCTION leaves_beside(bytea), is_lodged(bytea);
      DROP TABLE lodged_leaves, lodged_days, lodged_commitments;
    `);
  }
}

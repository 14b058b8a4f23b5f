import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Inner nodes of the audit tree, so that a proof is a few reads, and its days, so that anybody can hold the log to them. */
export class AuditProofs1763800007010 implements MigrationInterface {
  readonly name = 'AuditProofs1763800007010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_nodes (
        level smallint,
        place bigint,
        hash bytea NOT NULL,
        CONSTRAINT pk_audit_nodes PRIMARY KEY (level, place)
      );

      CREATE TABLE audit_days (
        position integer CONSTRAINT pk_audit_days PRIMARY KEY,
        day date NOT NULL CONSTRAINT uq_audit_days_day UNIQUE,
        size bigint NOT NULL,
        root bytea NOT NULL,
        nonce bytea NOT NULL,
        leaf_hash bytea NOT NULL,
        consistency bytea NOT NULL,
        signature text NOT NULL
      );

      -- What was chained before there were nodes: level by level, as RFC 6962 hashes them.
      DO $$
      DECLARE below smallint := 0;
      BEGIN
        INSERT INTO audit_nodes SELECT 0, position, leaf_hash FROM audit_leaves;
        LOOP
          INSERT INTO audit_nodes
            SELECT below + 1, l.place / 2, sha256('\\x01'::bytea || l.hash || r.hash)
              FROM audit_nodes l JOIN audit_nodes r ON r.level = below AND r.place = l.place + 1
             WHERE l.level = below AND l.place % 2 = 0;
          EXIT WHEN NOT FOUND;
          below := below + 1;
        END LOOP;
        DELETE FROM audit_nodes WHERE level = 0;
      END $$;

      -- By day, for the filler of a night and the first day there is.
      CREATE INDEX ix_audit_entries_filler ON audit_entries (happened_on) WHERE action = 'audit.filler';

      -- Column by column: that keeps xmin and ctid, which tell when a row was written, from the application.
      GRANT SELECT (level, place, hash), INSERT ON audit_nodes TO onedoor_app;
      GRANT SELECT (position, day, size, root, nonce, leaf_hash, consistency, signature), INSERT
        ON audit_days TO onedoor_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX ix_audit_entries_filler;
      DROP TABLE audit_days, audit_nodes;
    `);
  }
}

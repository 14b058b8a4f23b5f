import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The audit log: entries, those not yet chained, the leaves of the hash tree, its signed heads. Nothing is ever changed. */
export class Audit1763780000030 implements MigrationInterface {
  readonly name = 'Audit1763780000030';

  async up(runner: QueryRunner): Promise<void> {
    // No foreign keys: they would cost every lodging a look-up, and `npm run verify:audit` finds what they would prevent.
    await runner.query(`
      CREATE TABLE audit_entries (
        id uuid CONSTRAINT pk_audit_entries PRIMARY KEY,
        action text NOT NULL,
        actor_kind text NOT NULL,
        actor_id text NOT NULL,
        agency_id text,
        case_id uuid,
        subject text,
        happened_at timestamptz(3),
        happened_on date NOT NULL,
        CONSTRAINT ck_audit_entries_actor CHECK (actor_kind IN ('staff', 'system')
          OR (actor_kind IN ('public', 'mailbox') AND actor_id = '' AND happened_at IS NULL))
      );

      CREATE TABLE audit_pending (
        entry_id uuid CONSTRAINT pk_audit_pending PRIMARY KEY,
        night_of date
      );
      CREATE INDEX ix_audit_pending_night_of ON audit_pending (night_of);

      CREATE TABLE audit_leaves (
        position bigint CONSTRAINT pk_audit_leaves PRIMARY KEY,
        entry_id uuid NOT NULL CONSTRAINT uq_audit_leaves_entry_id UNIQUE,
        leaf_hash bytea NOT NULL
      );

      CREATE TABLE audit_heads (
        size bigint CONSTRAINT pk_audit_heads PRIMARY KEY,
        root bytea NOT NULL,
        edge bytea NOT NULL,
        signed_at timestamptz(3) NOT NULL,
        signature text NOT NULL
      );

      -- Column by column: that keeps xmin and ctid, which tell when a row was written, from the application.
      GRANT SELECT (id, action, actor_kind, actor_id, agency_id, case_id, subject, happened_at, happened_on), INSERT
        ON audit_entries TO onedoor_app;
      GRANT SELECT (entry_id, night_of), INSERT, DELETE ON audit_pending TO onedoor_app;
      GRANT SELECT (position, entry_id, leaf_hash), INSERT ON audit_leaves TO onedoor_app;
      GRANT SELECT (size, root, edge, signed_at, signature), INSERT ON audit_heads TO onedoor_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_heads, audit_leaves, audit_pending, audit_entries');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Indexes by which an auditor searches. Entries without a time are not searched, so recording what reporters do stays as cheap. */
export class AuditSearch1763800007020 implements MigrationInterface {
  readonly name = 'AuditSearch1763800007020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX ix_audit_entries_time ON audit_entries (happened_at, id) WHERE happened_at IS NOT NULL;
      CREATE INDEX ix_audit_entries_agency ON audit_entries (agency_id, happened_at, id) WHERE happened_at IS NOT NULL;
      CREATE INDEX ix_audit_entries_actor ON audit_entries (actor_id, happened_at, id) WHERE happened_at IS NOT NULL;
      CREATE INDEX ix_audit_entries_case ON audit_entries (case_id, happened_at, id) WHERE happened_at IS NOT NULL;
      CREATE INDEX ix_audit_entries_action ON audit_entries (action, happened_at, id) WHERE happened_at IS NOT NULL;
      CREATE INDEX ix_audit_entries_agency_action ON audit_entries (agency_id, action, happened_at, id)
        WHERE happened_at IS NOT NULL;
      CREATE INDEX ix_audit_entries_refused ON audit_entries (happened_at, id)
        WHERE happened_at IS NOT NULL AND action LIKE 'refused.%';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX ix_audit_entries_time, ix_audit_entries_agency, ix_audit_entries_actor, ix_audit_entries_case,
                 ix_audit_entries_action, ix_audit_entries_agency_action, ix_audit_entries_refused;
    `);
  }
}

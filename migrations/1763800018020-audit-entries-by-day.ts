import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An index of the entries that have only a day, so that the daily look finds those of the last days. */
export class AuditEntriesByDay1763800018020 implements MigrationInterface {
  readonly name = 'AuditEntriesByDay1763800018020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX ix_audit_entries_day ON audit_entries (happened_on) WHERE happened_at IS NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX ix_audit_entries_day');
  }
}

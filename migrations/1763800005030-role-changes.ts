import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Changing what somebody may do, where it takes a second person. */
export class RoleChanges1763800005030 implements MigrationInterface {
  readonly name = 'RoleChanges1763800005030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE role_changes (
        id uuid CONSTRAINT pk_role_changes PRIMARY KEY,
        staff_id uuid NOT NULL CONSTRAINT fk_role_changes_staff_id REFERENCES staff (id),
        roles text[] NOT NULL,
        asked_by uuid NOT NULL CONSTRAINT fk_role_changes_asked_by REFERENCES staff (id),
        asked_on date NOT NULL,
        decided_by uuid CONSTRAINT fk_role_changes_decided_by REFERENCES staff (id),
        decided_on date,
        approved boolean,
        CONSTRAINT ck_role_changes_decided
          CHECK ((decided_by IS NULL) = (decided_on IS NULL) AND (approved IS NULL) = (decided_on IS NULL)),
        -- Nobody for themself, and nobody for both.
        CONSTRAINT ck_role_changes_second
          CHECK (asked_by <> staff_id AND decided_by <> staff_id AND (NOT approved OR decided_by <> asked_by))
      );
      CREATE UNIQUE INDEX ix_role_changes_waiting ON role_changes (staff_id) WHERE decided_on IS NULL;
      GRANT SELECT (id, staff_id, roles, asked_by, asked_on, decided_by, decided_on, approved), INSERT,
            UPDATE (decided_by, decided_on, approved) ON role_changes TO onedoor_app;
      GRANT UPDATE (roles) ON staff TO onedoor_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`REVOKE UPDATE (roles) ON staff FROM onedoor_app`);
    await runner.query(`DROP TABLE role_changes`);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Roles lent to a colleague for an absence. */
export class Delegations1763800005020 implements MigrationInterface {
  readonly name = 'Delegations1763800005020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE delegations (
        id uuid CONSTRAINT pk_delegations PRIMARY KEY,
        role text NOT NULL CONSTRAINT ck_delegations_role CHECK (role = 'lead'),
        from_id uuid NOT NULL CONSTRAINT fk_delegations_from_id REFERENCES staff (id),
        to_id uuid NOT NULL CONSTRAINT fk_delegations_to_id REFERENCES staff (id),
        until_day date NOT NULL,
        ended_by uuid CONSTRAINT fk_delegations_ended_by REFERENCES staff (id),
        ended_on date,
        CONSTRAINT ck_delegations_people CHECK (from_id <> to_id),
        CONSTRAINT ck_delegations_ended CHECK ((ended_by IS NULL) = (ended_on IS NULL))
      );
      -- Asked with every request of the person it is lent to.
      CREATE INDEX ix_delegations_to_id ON delegations (to_id) WHERE ended_on IS NULL;
      CREATE INDEX ix_delegations_from_id ON delegations (from_id) WHERE ended_on IS NULL;
      GRANT SELECT (id, role, from_id, to_id, until_day, ended_by, ended_on), INSERT, UPDATE (ended_by, ended_on)
        ON delegations TO onedoor_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE delegations`);
  }
}

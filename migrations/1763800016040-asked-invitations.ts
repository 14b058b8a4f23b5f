import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secure } from './row-security.js';

/** Invitations that wait for a second administrator: there is no link before the second says yes. */
export class AskedInvitations1763800016040 implements MigrationInterface {
  readonly name = 'AskedInvitations1763800016040';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE asked_invitations (
        id         uuid        NOT NULL CONSTRAINT pk_asked_invitations PRIMARY KEY,
        agency_id  text        NOT NULL CONSTRAINT fk_asked_invitations_agency_id REFERENCES agencies (id),
        roles      text[]      NOT NULL,
        for_whom   text        NOT NULL,
        asked_by   uuid        NOT NULL CONSTRAINT fk_asked_invitations_asked_by REFERENCES staff (id),
        asked_on   date        NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX ix_asked_invitations_expires_at ON asked_invitations (expires_at);
      CREATE INDEX ix_asked_invitations_asked_by ON asked_invitations (asked_by);
      GRANT SELECT (id, agency_id, roles, for_whom, asked_by, asked_on, expires_at), INSERT, DELETE
        ON asked_invitations TO onedoor_web;
      GRANT SELECT (id, expires_at), DELETE ON asked_invitations TO onedoor_worker;
    `);
    await runner.query(secure('asked_invitations'));
    await runner.query(`
      CREATE POLICY web ON asked_invitations TO onedoor_web
        USING ((SELECT acting_as('admin')) AND agency_of_staff(asked_by) = (SELECT acting_agency()));
      CREATE POLICY worker ON asked_invitations TO onedoor_worker USING ((SELECT acting_system()) = 'sweeper');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE asked_invitations');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

const READERS = (more: string): string => `
  CREATE VIEW disclosure_readers WITH (security_barrier) AS
    SELECT p.agency_id, k.kid, k.jwk${more}
      FROM staff p JOIN staff_keys k ON k.staff_id = p.id AND k.purpose = 'agreement' AND k.retired_at IS NULL
     WHERE p.active AND 'disclosure_officer' = ANY (p.roles);
  GRANT SELECT ON disclosure_readers TO onedoor_web, onedoor_worker;`;

/**
 * What an agency publishes of who one of its disclosure officers is, so that whoever writes can tell whom to leave out: a
 * name or a position. Without it they are a role and a number.
 */
export class PublishedNames1763800016020 implements MigrationInterface {
  readonly name = 'PublishedNames1763800016020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE staff ADD COLUMN published_as text
        CONSTRAINT ck_staff_published_as CHECK (published_as <> '' AND length(published_as) <= 80);
      GRANT SELECT (published_as), UPDATE (published_as) ON staff TO onedoor_web;
      DROP VIEW disclosure_readers;
      ${READERS(', p.published_as')}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP VIEW disclosure_readers;
      ${READERS('')}
      ALTER TABLE staff DROP COLUMN published_as;
    `);
  }
}

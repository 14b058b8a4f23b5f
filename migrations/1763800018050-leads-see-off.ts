import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A lead ends the membership of somebody of their own agency, and with it their sessions. */
export class LeadsSeeOff1763800018050 implements MigrationInterface {
  readonly name = 'LeadsSeeOff1763800018050';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- They bring nobody back. That it is no administrator's is said in staff.policy.ts as well.
      CREATE POLICY web_sees_off ON staff FOR UPDATE TO onedoor_web
        USING ((SELECT acting_as('lead')) AND agency_id = (SELECT acting_agency()) AND NOT 'admin' = ANY (roles))
        WITH CHECK (agency_id = (SELECT acting_agency()) AND NOT active AND NOT 'admin' = ANY (roles));
      -- Of who has left, whose sessions end in the same transaction. So a lead never sees where a colleague is signed in.
      CREATE POLICY web_sees_off ON staff_sessions TO onedoor_web
        USING ((SELECT acting_as('lead')) AND EXISTS (
          SELECT FROM staff p WHERE p.id = staff_id AND p.agency_id = (SELECT acting_agency()) AND NOT p.active))
        WITH CHECK (false);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP POLICY web_sees_off ON staff_sessions;
      DROP POLICY web_sees_off ON staff;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What may be taken back of a case's keys, and when the person said no to a referral. */
export class GrantsBack1763790000060 implements MigrationInterface {
  readonly name = 'GrantsBack1763790000060';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The application may take back a grant that a referral released, until its receiver has the case, and no other:
      -- agencies, and the person, would be locked out of their cases. Disposal deletes the disposal key and no grant.
      CREATE FUNCTION keep_case_grant() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM referral_grants w JOIN referrals r ON r.id = w.referral_id
                    WHERE r.case_id = OLD.case_id AND r.state = 'granted'
                      AND w.key = OLD.key AND w.epoch = OLD.epoch AND w.reader = OLD.reader) THEN
          RETURN OLD;
        END IF;
        RAISE EXCEPTION 'a grant is kept: it was not released by a referral that is still to be opened';
      END $$;
      REVOKE EXECUTE ON FUNCTION keep_case_grant() FROM PUBLIC;
      CREATE TRIGGER keep_case_grant BEFORE DELETE ON case_grants
        FOR EACH ROW EXECUTE FUNCTION keep_case_grant();

      -- Kept apart from the state: what is withdrawn may have been taken back by the sender too. Of what was withdrawn
      -- before this, nothing tells by whom, so it counts as a no.
      ALTER TABLE referrals ADD COLUMN refused_on date;
      UPDATE referrals SET refused_on = ended_on
       WHERE state = 'refused' OR (state = 'withdrawn' AND consent IS NOT NULL);
      GRANT SELECT (refused_on), UPDATE (refused_on) ON referrals TO onedoor_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE referrals DROP COLUMN refused_on;
      DROP TRIGGER keep_case_grant ON case_grants;
      DROP FUNCTION keep_case_grant();
    `);
  }
}

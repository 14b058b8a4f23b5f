import type { MigrationInterface, QueryRunner } from 'typeorm';

/* As they were before this, and are after it was taken back. */
const RELEASED = `
        IF EXISTS (SELECT FROM referral_grants w JOIN referrals r ON r.id = w.referral_id
                    WHERE r.case_id = OLD.case_id AND r.state = 'granted'
                      AND w.key = OLD.key AND w.epoch = OLD.epoch AND w.reader = OLD.reader) THEN
          RETURN OLD;
        END IF;`;
const REFUSE = `RAISE EXCEPTION 'a grant is kept: it was not released by a referral that is still to be opened';`;

/** Which new key of a reader took the place of which old one in a case, shown by who holds the case's key. */
export class KeyRenewals1763800001010 implements MigrationInterface {
  readonly name = 'KeyRenewals1763800001010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE case_key_renewals (
        case_id  uuid    NOT NULL CONSTRAINT fk_case_key_renewals_case_id REFERENCES cases (id),
        epoch    integer NOT NULL,
        from_kid text    NOT NULL,
        to_kid   text    NOT NULL,
        held     text    NOT NULL,
        CONSTRAINT pk_case_key_renewals PRIMARY KEY (case_id, epoch, from_kid, to_kid)
      )`);
    await runner.query(`
      GRANT SELECT (case_id, epoch, from_kid, to_kid, held), INSERT ON case_key_renewals TO onedoor_app`);
    await runner.query(`
      CREATE OR REPLACE FUNCTION keep_case_grant() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        ${RELEASED}
        -- Nor is anybody locked out where the same key is granted to the same person's new key.
        IF EXISTS (SELECT FROM staff_keys was
                     JOIN staff_keys is_now ON is_now.staff_id = was.staff_id AND is_now.purpose = 'agreement'
                      AND is_now.retired_at IS NULL
                     JOIN case_grants g ON g.reader = is_now.kid AND g.case_id = OLD.case_id AND g.key = OLD.key
                      AND g.epoch = OLD.epoch
                    WHERE was.kid = OLD.reader AND was.retired_at IS NOT NULL) THEN
          RETURN OLD;
        END IF;
        ${REFUSE}
      END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE OR REPLACE FUNCTION keep_case_grant() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        ${RELEASED}
        ${REFUSE}
      END $$`);
    await runner.query(`DROP TABLE case_key_renewals`);
  }
}

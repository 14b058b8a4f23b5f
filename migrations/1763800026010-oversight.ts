import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secure } from './row-security.js';

/* Who counts is the server under this name and no other: what it does at other work, it does not see by. */
const COUNTS = `(SELECT acting_system()) = 'oversight'`;

/**
 * How agencies keep to the steps of the law on disclosures, counted every night for those who oversee it: how many, and
 * never which.
 */
export class Oversight1763800026010 implements MigrationInterface {
  readonly name = 'Oversight1763800026010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The same sentence as in src/staff/staff.policy.ts; that their agency oversees at all is asked there.
      CREATE FUNCTION oversees() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
        RETURN acting_as('overseer') AND NOT acting_as('admin', 'auditor');
      REVOKE EXECUTE ON FUNCTION oversees() FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION oversees() TO onedoor_web;

      CREATE TABLE oversight_counts (
        quarter date NOT NULL,
        agency_id text NOT NULL CONSTRAINT fk_oversight_counts_agency_id REFERENCES agencies (id),
        basis text NOT NULL,
        received integer NOT NULL,
        on_time integer[] NOT NULL,
        late integer[] NOT NULL,
        overdue integer[] NOT NULL,
        longer integer NOT NULL,
        no_action integer NOT NULL,
        counted_on date NOT NULL,
        CONSTRAINT pk_oversight_counts PRIMARY KEY (quarter, agency_id, basis),
        CONSTRAINT ck_oversight_counts_basis CHECK (basis IN ('pda_s13', 'our_aim')),
        -- One for each step, in the order of section 13.
        CONSTRAINT ck_oversight_counts_steps
          CHECK (cardinality(on_time) = 5 AND cardinality(late) = 5 AND cardinality(overdue) = 5)
      );
      CREATE TABLE oversight_referrals (
        quarter date NOT NULL,
        from_agency text NOT NULL CONSTRAINT fk_oversight_referrals_from_agency REFERENCES agencies (id),
        to_agency text NOT NULL CONSTRAINT fk_oversight_referrals_to_agency REFERENCES agencies (id),
        made integer NOT NULL,
        CONSTRAINT pk_oversight_referrals PRIMARY KEY (quarter, from_agency, to_agency)
      );
      -- What the nightly count goes through: the disclosures of the last quarters, and not all there ever were.
      CREATE INDEX ix_clocks_oversight ON clocks (started_on, case_id, round) WHERE kind = 's13';
      CREATE INDEX ix_clocks_handed_on ON clocks (stopped_on) WHERE kind = 's13' AND stopped_on IS NOT NULL;

      GRANT SELECT (quarter, agency_id, basis, received, on_time, late, overdue, longer, no_action, counted_on)
        ON oversight_counts TO onedoor_web;
      GRANT SELECT (quarter, from_agency, to_agency, made) ON oversight_referrals TO onedoor_web;
      GRANT SELECT (quarter), INSERT, DELETE ON oversight_counts, oversight_referrals TO onedoor_worker;
      GRANT SELECT (case_id, round, number, kind, taken_on, expected_on, actions) ON disclosure_steps TO onedoor_worker;
    `);
    await runner.query(secure('oversight_counts', 'oversight_referrals'));
    await runner.query(`
      -- Of their own agency they see nothing: a disclosure there could be about them, or leave them out.
      CREATE POLICY web ON oversight_counts FOR SELECT TO onedoor_web
        USING ((SELECT oversees()) AND agency_id <> (SELECT acting_agency()));
      CREATE POLICY web ON oversight_referrals FOR SELECT TO onedoor_web
        USING ((SELECT oversees()) AND (SELECT acting_agency()) NOT IN (from_agency, to_agency));
      CREATE POLICY worker ON oversight_counts TO onedoor_worker USING (${COUNTS});
      CREATE POLICY worker ON oversight_referrals TO onedoor_worker USING (${COUNTS});
      CREATE POLICY worker ON disclosure_steps FOR SELECT TO onedoor_worker USING (${COUNTS});
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP POLICY worker ON disclosure_steps;
      REVOKE SELECT (case_id, round, number, kind, taken_on, expected_on, actions) ON disclosure_steps FROM onedoor_worker;
      DROP INDEX ix_clocks_oversight, ix_clocks_handed_on;
      DROP TABLE oversight_referrals, oversight_counts;
      DROP FUNCTION oversees();
    `);
  }
}

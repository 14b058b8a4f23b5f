import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secure } from './row-security.js';

const COMPLAINT_OUTCOMES = `'upheld', 'partly_upheld', 'not_upheld', 'resolved', 'no_power', 'duplicate', 'withdrawn'`;
const DISCLOSURE_OUTCOMES = `'addressed', 'investigated', 'referred', 'no_action'`;

/* OFFSET 0 keeps this a question about one case, answered by its key: see the rows of cases. */
const HOLDS = `EXISTS (SELECT FROM cases c
  WHERE c.id = disclosure_steps.case_id AND c.agency_id = (SELECT acting_agency()) OFFSET 0)`;

/** The steps of section 13 on a disclosure, whose they are and by when the next is due, and how a disclosure ends. */
export class DisclosureSteps1763800020010 implements MigrationInterface {
  readonly name = 'DisclosureSteps1763800020010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE clocks ADD COLUMN agency_id text, ADD COLUMN next_on date;
      -- At the triage desk too the steps are what is due, as an aim.
      UPDATE clocks k SET kind = 's13' FROM cases c WHERE c.id = k.case_id AND c.path = 'disclosure';
      UPDATE clocks k
         SET next_on = k.due_on,
             agency_id = coalesce((SELECT r.from_agency FROM referrals r WHERE r.case_id = k.case_id AND r.state = 'opened'
                                    ORDER BY r.number OFFSET k.round LIMIT 1), c.agency_id)
        FROM cases c WHERE c.id = k.case_id AND k.kind = 's13';
      ALTER TABLE clocks ADD CONSTRAINT ck_clocks_steps
        CHECK (kind <> 's13' OR (agency_id IS NOT NULL AND next_on IS NOT NULL));
      CREATE INDEX ix_clocks_steps ON clocks (agency_id, next_on, case_id)
        WHERE kind = 's13' AND met_on IS NULL AND stopped_on IS NULL;
      GRANT SELECT (agency_id, next_on), UPDATE (started_on, due_on, next_on) ON clocks TO onedoor_web;
      GRANT SELECT (agency_id, next_on) ON clocks TO onedoor_worker;

      ALTER TABLE cases DROP CONSTRAINT ck_cases_outcome,
        ADD CONSTRAINT ck_cases_outcome CHECK (CASE path WHEN 'complaint' THEN outcome IN (${COMPLAINT_OUTCOMES})
                                                         ELSE outcome IN (${DISCLOSURE_OUTCOMES}) END);

      CREATE TABLE disclosure_steps (
        id uuid CONSTRAINT pk_disclosure_steps PRIMARY KEY,
        case_id uuid NOT NULL CONSTRAINT fk_disclosure_steps_case_id REFERENCES cases (id),
        agency_id text NOT NULL CONSTRAINT fk_disclosure_steps_agency_id REFERENCES agencies (id),
        round integer NOT NULL,
        number integer NOT NULL,
        kind text NOT NULL,
        taken_by uuid NOT NULL,
        taken_on date NOT NULL,
        item_id uuid,
        received_on date,
        orally boolean,
        asked boolean,
        expected_on date,
        actions text[],
        reason text,
        CONSTRAINT uq_disclosure_steps_number UNIQUE (case_id, round, number),
        CONSTRAINT ck_disclosure_steps_kind CHECK (kind IN ('acknowledge', 'consider', 'elsewhere', 'extend', 'update',
                                                            'deal', 'inform', 'reopen')),
        -- What is said in sealed words lies beside it, and is never left out where the law asks for it.
        CONSTRAINT ck_disclosure_steps_words CHECK (
          CASE kind WHEN 'acknowledge' THEN item_id IS NOT NULL OR NOT orally
                    WHEN 'deal' THEN item_id IS NULL WHEN 'reopen' THEN item_id IS NULL
                    ELSE item_id IS NOT NULL END),
        CONSTRAINT ck_disclosure_steps_facts CHECK (
          (kind = 'acknowledge') = (received_on IS NOT NULL) AND (kind = 'acknowledge') = (orally IS NOT NULL)
          AND (kind = 'elsewhere') = (asked IS NOT NULL) AND (kind = 'extend') = (expected_on IS NOT NULL)
          AND (kind = 'deal') = (actions IS NOT NULL)
          AND coalesce('no_action' = ANY (actions), false) = (reason IS NOT NULL)),
        CONSTRAINT ck_disclosure_steps_actions CHECK (
          actions <@ ARRAY['investigating', 'addressing', 'referring', 'no_action'] AND cardinality(actions) > 0),
        CONSTRAINT ck_disclosure_steps_reason CHECK (
          reason IN ('not_a_disclosure_under_the_act', 'too_long_ago', 'better_addressed_otherwise', 'other'))
      );
      CREATE INDEX ix_disclosure_steps_no_action ON disclosure_steps (agency_id, taken_on, id) WHERE reason IS NOT NULL;

      -- Never changed and never deleted: what was done on a day stays said so.
      GRANT SELECT (id, case_id, agency_id, round, number, kind, taken_by, taken_on, item_id, received_on, orally, asked,
                    expected_on, actions, reason), INSERT ON disclosure_steps TO onedoor_web;
    `);
    await runner.query(secure('disclosure_steps'));
    await runner.query(`
      -- The person sees what each agency did; an agency what it did itself, while it has the disclosure.
      CREATE POLICY web_sees ON disclosure_steps FOR SELECT TO onedoor_web
        USING (((SELECT acting_case()) IS NOT NULL AND case_id = (SELECT acting_case()))
               OR (agency_id = (SELECT acting_agency()) AND ${HOLDS}));
      CREATE POLICY web_takes ON disclosure_steps FOR INSERT TO onedoor_web
        WITH CHECK (agency_id = (SELECT acting_agency()) AND taken_by = (SELECT acting_staff()) AND ${HOLDS});
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE disclosure_steps;
      UPDATE cases SET outcome = NULL, closed_on = NULL, status = 'acknowledged' WHERE outcome IN (${DISCLOSURE_OUTCOMES});
      ALTER TABLE cases DROP CONSTRAINT ck_cases_outcome,
        ADD CONSTRAINT ck_cases_outcome CHECK (outcome IN (${COMPLAINT_OUTCOMES}));
      REVOKE UPDATE (started_on, due_on) ON clocks FROM onedoor_web;
      DROP INDEX ix_clocks_steps;
      ALTER TABLE clocks DROP CONSTRAINT ck_clocks_steps, DROP COLUMN agency_id, DROP COLUMN next_on;
      UPDATE clocks SET kind = 'answer' WHERE kind = 's13' AND basis <> 'pda_s13';
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secure } from './row-security.js';

/* OFFSET 0 keeps this a question about one case, answered by its key: see the rows of cases. */
const HOLDS = (table: string): string => `EXISTS (SELECT FROM cases c
  WHERE c.id = ${table}.case_id AND c.agency_id = ${table}.agency_id AND c.agency_id = (SELECT acting_agency()) OFFSET 0)`;

/** Whose own case it is, at the agency that has it now. */
const OWN = `(SELECT acting_kind()) = 'mailbox' AND case_id = (SELECT acting_case()) AND EXISTS (SELECT FROM cases c
  WHERE c.id = support_due.case_id AND c.agency_id = support_due.agency_id OFFSET 0)`;

/**
 * How whoever discloses is supported: on which day it was looked at, and on which it is to be again. What was written, and
 * how high the risk is, lies sealed among the notes.
 */
export class Support1763800025010 implements MigrationInterface {
  readonly name = 'Support1763800025010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE support_reviews (
        id uuid CONSTRAINT pk_support_reviews PRIMARY KEY,
        case_id uuid NOT NULL CONSTRAINT fk_support_reviews_case_id REFERENCES cases (id),
        agency_id text NOT NULL CONSTRAINT fk_support_reviews_agency_id REFERENCES agencies (id),
        round integer NOT NULL,
        number integer NOT NULL,
        kind text NOT NULL,
        item_id uuid NOT NULL CONSTRAINT fk_support_reviews_item_id REFERENCES case_items (id),
        made_by uuid NOT NULL,
        made_on date NOT NULL,
        next_on date,
        CONSTRAINT uq_support_reviews_number UNIQUE (case_id, round, number),
        CONSTRAINT ck_support_reviews_kind CHECK (kind IN ('assessment', 'plan', 'recheck')),
        CONSTRAINT ck_support_reviews_next CHECK (next_on IS NOT NULL OR kind = 'recheck')
      );
      -- A row of a disclosure is changed by who reviews and by who asks for it: who set a day is not kept.
      CREATE TABLE support_due (
        case_id uuid NOT NULL CONSTRAINT fk_support_due_case_id REFERENCES cases (id),
        round integer NOT NULL,
        agency_id text NOT NULL CONSTRAINT fk_support_due_agency_id REFERENCES agencies (id),
        number integer NOT NULL,
        due_on date,
        CONSTRAINT pk_support_due PRIMARY KEY (case_id, round)
      );
      CREATE INDEX ix_support_due ON support_due (agency_id, due_on, case_id) WHERE due_on IS NOT NULL;

      -- Never changed and never deleted: what was written on a day stays said so.
      GRANT SELECT (id, case_id, agency_id, round, number, kind, item_id, made_by, made_on, next_on), INSERT
        ON support_reviews TO onedoor_web;
      GRANT SELECT (case_id, round, agency_id, number, due_on), INSERT, UPDATE (number, due_on)
        ON support_due TO onedoor_web;
    `);
    await runner.query(secure('support_reviews', 'support_due'));
    await runner.query(`
      CREATE POLICY web_sees ON support_reviews FOR SELECT TO onedoor_web USING (${HOLDS('support_reviews')});
      CREATE POLICY web_makes ON support_reviews FOR INSERT TO onedoor_web
        WITH CHECK (made_by = (SELECT acting_staff()) AND ${HOLDS('support_reviews')});
      CREATE POLICY web ON support_due TO onedoor_web USING (${HOLDS('support_due')} OR (${OWN}));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE support_due, support_reviews');
  }
}

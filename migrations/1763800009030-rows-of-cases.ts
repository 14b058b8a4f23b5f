import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secure, unsecure } from './row-security.js';

const TABLES = [
  'cases',
  'case_epochs',
  'case_grants',
  'case_items',
  'case_events',
  'case_links',
  'mailboxes',
  'disposal.keys',
  'referrals',
  'referral_grants',
  'lead_reviews',
  'clocks',
  'routing_corrections',
  'case_walls',
  'case_key_renewals',
] as const;

const WORKER = `(SELECT acting_kind()) = 'system'`;
const LODGES = `(SELECT acting_kind()) = 'public'`;
/* Whoever lodges adds to the case of this very statement, which is not there yet, and to no other. */
const LODGES_WITH = `${LODGES} AND is_new(case_id)`;

/* OFFSET 0 keeps this a question about one case, answered by its key; else all cases might be read to answer it. */
const ofCase = (column: string, condition: string): string =>
  `EXISTS (SELECT FROM cases c WHERE c.id = ${column} AND ${condition} OFFSET 0)`;

/** The actor's agency has the case, and they may read it: row security holds within the question too. */
const holds = (column: string): string => ofCase(column, 'c.agency_id = (SELECT acting_agency())');
/** The same of a part of it. */
const holdsPart = (column: string): string =>
  `EXISTS (SELECT FROM cases c WHERE c.whole_id = ${column} AND c.agency_id = (SELECT acting_agency()) OFFSET 0)`;
/** It is the person's own case, or a part of it. */
const own = (column: string): string =>
  `((SELECT acting_case()) IS NOT NULL
    AND (${column} = (SELECT acting_case()) OR ${ofCase(column, 'c.whole_id = (SELECT acting_case())')}))`;
/** A referral has shown the case to the actor's agency, or it handed the case on. */
const asked = (column: string): string => `((SELECT acting_agency()) IS NOT NULL AND is_asked(${column}))`;

/** Granted to one of the actor's own keys. */
const OWN_READER = `reader = ANY (ARRAY(SELECT kid FROM staff_keys WHERE staff_id = (SELECT acting_staff())))`;

const VISIBLE = `
  id = (SELECT acting_case()) OR whole_id = (SELECT acting_case())
  OR ((SELECT acting_agency()) IS NOT NULL
      AND (NOT (SELECT has_walls()) OR NOT is_walled(id, whole_id))
      AND ((agency_id = (SELECT acting_agency())
            AND CASE path WHEN 'complaint' THEN (SELECT reads_complaints())
                          ELSE (SELECT reads_disclosures()) AND is_granted(id) END)
           OR ((SELECT renews()) AND is_to_renew(id))
           OR ((SELECT reads_complaints() OR reads_disclosures()) AND (is_asked(id) OR is_beside(id)))
           OR (path = 'complaint' AND (SELECT leads_system()) AND is_reviewed(id))))`;

/** Whose rows cases are, and all that belongs to them: it follows its case. */
export class RowsOfCases1763800009030 implements MigrationInterface {
  readonly name = 'RowsOfCases1763800009030';

  readonly #functions = [
    'has_walls()',
    'is_walled(uuid, uuid)',
    'is_kept_out(text)',
    'is_new(uuid)',
    'is_granted(uuid)',
    'renews()',
    'is_to_renew(uuid)',
    'is_still_granted(text)',
    'has_note(uuid, integer)',
    'asked_until(uuid)',
    'is_asked(uuid)',
    'has_accepted(uuid)',
    'is_beside(uuid)',
    'is_reviewed(uuid)',
    'may_take_over(uuid)',
    'next_item_position(uuid)',
    'next_event_position(uuid)',
    'long_overdue(date)',
    'case_of_mailbox(bytea)',
  ] as const;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(secure(...TABLES));
    await runner.query(`
      -- As the owner: policies of cases that asked tables whose policies ask cases would go round for ever.
      -- Whether the actor is kept out of any case, asked once a statement, and whether of this one or the whole it is of.
      CREATE FUNCTION has_walls() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          SELECT EXISTS (SELECT FROM case_walls w WHERE w.staff_id = acting_staff() AND w.lifted_on IS NULL);
        END;
      CREATE FUNCTION is_walled(of_case uuid, of_whole uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          SELECT EXISTS (SELECT FROM case_walls w WHERE w.staff_id = acting_staff() AND w.lifted_on IS NULL
                            AND w.case_id = coalesce(of_whole, of_case));
        END;
      -- Whether the case of a reference is one that the actor is kept out of; of any other case it tells nothing.
      CREATE FUNCTION is_kept_out(of_reference text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          SELECT EXISTS (SELECT FROM cases c WHERE c.reference = of_reference AND is_walled(c.id, c.whole_id));
        END;
      CREATE FUNCTION is_new(of_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC SELECT NOT EXISTS (SELECT FROM cases c WHERE c.id = of_case); END;
      -- Whether the newest case key was granted to the actor's own current key.
      CREATE FUNCTION is_granted(of_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          SELECT EXISTS (
            SELECT FROM staff_keys k JOIN case_grants g ON g.reader = k.kid
             WHERE k.staff_id = acting_staff() AND k.purpose = 'agreement' AND k.retired_at IS NULL
               AND g.case_id = of_case AND g.key = 'case'
               AND g.epoch = (SELECT max(e.epoch) FROM case_epochs e WHERE e.case_id = of_case AND e.key = 'case'));
        END;
      -- Who has a new key opens with the old one what was granted to that, until it is granted to the new one.
      CREATE FUNCTION renews() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          SELECT EXISTS (SELECT FROM staff_keys k JOIN staff_sealed_keys s ON s.kid = k.kid
                          WHERE k.staff_id = acting_staff() AND k.purpose = 'agreement' AND k.retired_at IS NOT NULL);
        END;
      CREATE FUNCTION is_to_renew(of_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          SELECT EXISTS (SELECT FROM staff_keys k JOIN staff_sealed_keys s ON s.kid = k.kid
                           JOIN case_grants g ON g.reader = k.kid AND g.case_id = of_case
                          WHERE k.staff_id = acting_staff() AND k.purpose = 'agreement' AND k.retired_at IS NOT NULL);
        END;
      -- Also of what the actor is kept out of: a key is let go of once nothing at all is granted to it.
      CREATE FUNCTION is_still_granted(to_kid text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC SELECT EXISTS (SELECT FROM case_grants g WHERE g.reader = to_kid); END;
      CREATE FUNCTION has_note(of_case uuid, referral_number integer) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          SELECT EXISTS (
            SELECT FROM staff_keys k JOIN case_grants g ON g.reader = k.kid
             WHERE k.staff_id = acting_staff() AND k.purpose = 'agreement' AND k.retired_at IS NULL
               AND g.case_id = of_case AND g.key = 'referral' AND g.epoch = referral_number);
        END;
      -- The number of the newest referral of a case that is the actor's to see, as in src/cases/referrals/referral.policy.ts.
      CREATE FUNCTION asked_until(of_case uuid) RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          SELECT max(r.number) FROM referrals r JOIN cases c ON c.id = r.case_id
           WHERE r.case_id = of_case
             AND (r.from_agency = acting_agency()
                  OR (r.to_agency = acting_agency()
                      AND (r.state IN ('consulted', 'granted', 'opened', 'declined')
                           OR (r.state = 'grant_again' AND r.consulted_on IS NOT NULL))))
             AND NOT is_walled(c.id, c.whole_id)
             AND CASE c.path WHEN 'complaint' THEN reads_complaints()
                             ELSE reads_disclosures() AND has_note(r.case_id, r.number) END;
        END;
      CREATE FUNCTION is_asked(of_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC SELECT asked_until(of_case) IS NOT NULL; END;
      -- Whether the actor accepted the case by name and is about to take it over: then its words are theirs to open.
      CREATE FUNCTION has_accepted(of_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          SELECT asked_until(of_case) IS NOT NULL
             AND EXISTS (SELECT FROM referrals r WHERE r.case_id = of_case AND r.state = 'granted'
                            AND r.to_agency = acting_agency() AND r.accepted_by = acting_staff());
        END;
      -- A part of a complaint that the actor's agency has, or the whole of one of its parts: how they stand is theirs to know.
      CREATE FUNCTION is_beside(of_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          SELECT reads_complaints() AND (
            EXISTS (SELECT FROM cases p JOIN cases w ON w.id = p.whole_id
                     WHERE p.id = of_case AND w.agency_id = acting_agency())
            OR EXISTS (SELECT FROM cases p WHERE p.whole_id = of_case AND p.agency_id = acting_agency()));
        END;
      CREATE FUNCTION is_reviewed(of_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC SELECT EXISTS (SELECT FROM lead_reviews v WHERE v.case_id = of_case); END;
      -- A case changes within its agency, or comes to the one that has accepted it.
      CREATE FUNCTION may_take_over(of_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          SELECT EXISTS (SELECT FROM cases c WHERE c.id = of_case AND c.agency_id = acting_agency())
              OR EXISTS (SELECT FROM referrals r WHERE r.case_id = of_case AND r.state = 'opened'
                            AND r.to_agency = acting_agency() AND r.accepted_by = acting_staff());
        END;
      -- Numbers count what others wrote too, which whoever adds to it need not see.
      CREATE FUNCTION next_item_position(of_case uuid) RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC SELECT coalesce(max(i.position), 0) + 1 FROM case_items i WHERE i.case_id = of_case; END;
      CREATE FUNCTION next_event_position(of_case uuid) RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC SELECT coalesce(max(e.position), 0) + 1 FROM case_events e WHERE e.case_id = of_case; END;
      -- How many complaints of each agency were due by then and are not answered: for the system lead, and never which.
      CREATE FUNCTION long_overdue(by_day date) RETURNS TABLE (agency_id text, count integer, oldest date)
        LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          SELECT c.agency_id, count(*)::integer, min(k.due_on)
            FROM clocks k JOIN cases c ON c.id = k.case_id AND c.path = 'complaint' AND c.status <> 'closed'
           WHERE k.met_on IS NULL AND k.stopped_on IS NULL AND k.due_on <= by_day AND leads_system()
             AND NOT is_walled(c.id, c.whole_id)
           GROUP BY c.agency_id;
        END;
      -- For who has the eight words of its receipt, before it is known whose it is.
      CREATE FUNCTION case_of_mailbox(hash bytea) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC SELECT m.case_id FROM mailboxes m WHERE m.id_hash = hash; END;
      REVOKE EXECUTE ON FUNCTION ${this.#functions.join(', ')} FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION ${this.#functions.join(', ')} TO onedoor_web;
      GRANT EXECUTE ON FUNCTION next_event_position(uuid) TO onedoor_worker;

      CREATE POLICY web_sees ON cases FOR SELECT TO onedoor_web USING (${VISIBLE});
      CREATE POLICY web_lodges ON cases FOR INSERT TO onedoor_web
        WITH CHECK ((${LODGES} AND status = 'lodged' AND assigned_to IS NULL AND whole_id IS NULL)
                    OR (whole_id IS NOT NULL AND agency_id = (SELECT acting_agency()) AND (SELECT reads_complaints())
                        AND may_take_over(whole_id)));
      CREATE POLICY web_changes ON cases FOR UPDATE TO onedoor_web USING (${VISIBLE})
        WITH CHECK (agency_id = (SELECT acting_agency()) AND may_take_over(id));
      CREATE POLICY worker ON cases TO onedoor_worker USING (${WORKER});
      -- Of complaints alone: of a disclosure nothing goes out one by one.
      CREATE POLICY publisher ON cases FOR SELECT TO onedoor_publisher
        USING (path = 'complaint' AND (${WORKER} OR (SELECT leads_system())));

      -- Which complaint a reference or an id of the log is of; no more of it, and of a disclosure nothing.
      CREATE POLICY auditor ON cases FOR SELECT TO onedoor_auditor USING (path = 'complaint' AND ${WORKER});

      CREATE POLICY web_sees ON case_epochs FOR SELECT TO onedoor_web
        USING ((key <> 'desk' AND ${own('case_id')}) OR ${holds('case_id')} OR (key <> 'desk' AND ${asked('case_id')}));
      CREATE POLICY web_begins ON case_epochs FOR INSERT TO onedoor_web
        WITH CHECK ((${LODGES_WITH}) OR ${holds('case_id')} OR (key <> 'desk' AND ${asked('case_id')}));
      CREATE POLICY worker ON case_epochs FOR SELECT TO onedoor_worker USING (${WORKER});

      CREATE POLICY web_sees ON case_grants FOR SELECT TO onedoor_web
        USING ((key <> 'desk' AND ${own('case_id')}) OR ${holds('case_id')} OR (key <> 'desk' AND ${asked('case_id')})
               OR ((SELECT renews()) AND ${OWN_READER}));
      CREATE POLICY web_grants ON case_grants FOR INSERT TO onedoor_web
        WITH CHECK ((${LODGES_WITH}) OR ${holds('case_id')} OR (key <> 'desk' AND ${asked('case_id')})
                    OR (((SELECT renews()) AND ${OWN_READER}) AND is_to_renew(case_id)));
      CREATE POLICY web_takes_back ON case_grants FOR DELETE TO onedoor_web
        USING (key <> 'desk' AND (${own('case_id')} OR ${holds('case_id')} OR ${asked('case_id')})
               OR ((SELECT renews()) AND ${OWN_READER}));
      CREATE POLICY worker ON case_grants FOR SELECT TO onedoor_worker USING (${WORKER});

      CREATE POLICY web_sees ON case_items FOR SELECT TO onedoor_web
        USING ((key <> 'desk' AND ${own('case_id')}) OR ${holds('case_id')}
               OR (key = 'referral' AND ${asked('case_id')})
               OR (key IN ('case', 'identity') AND (SELECT acting_agency()) IS NOT NULL AND has_accepted(case_id)));
      CREATE POLICY web_adds ON case_items FOR INSERT TO onedoor_web
        WITH CHECK (CASE (SELECT acting_kind())
                      WHEN 'public' THEN author = 'person' AND is_new(case_id)
                      WHEN 'mailbox' THEN author = 'person' AND key = 'case' AND ${own('case_id')}
                      WHEN 'staff' THEN author = 'agency' AND staff_id = (SELECT acting_staff())
                                        AND (${holds('case_id')} OR (key = 'referral' AND ${asked('case_id')}))
                      ELSE false END);
      CREATE POLICY worker ON case_items FOR SELECT TO onedoor_worker USING (${WORKER});

      -- Who does not have the case, but sees it, learns from its first step when it began.
      CREATE POLICY web_sees ON case_events FOR SELECT TO onedoor_web
        USING (${own('case_id')} OR ${holds('case_id')} OR (position = 1 AND ${ofCase('case_id', 'true')}));
      CREATE POLICY web_adds ON case_events FOR INSERT TO onedoor_web
        WITH CHECK ((${LODGES_WITH} AND kind = 'lodged') OR ${ofCase('case_id', 'true')});
      CREATE POLICY worker ON case_events TO onedoor_worker USING (${WORKER});

      CREATE POLICY web_sees ON case_key_renewals FOR SELECT TO onedoor_web USING (${ofCase('case_id', 'true')});
      CREATE POLICY web_adds ON case_key_renewals FOR INSERT TO onedoor_web
        WITH CHECK (EXISTS (SELECT FROM staff_keys k WHERE k.kid = to_kid AND k.staff_id = (SELECT acting_staff()))
                    AND EXISTS (SELECT FROM staff_keys k WHERE k.kid = from_kid AND k.staff_id = (SELECT acting_staff())));
      CREATE POLICY worker ON case_key_renewals FOR SELECT TO onedoor_worker USING (${WORKER});
      GRANT SELECT (case_id, epoch, from_kid, to_kid, held) ON case_key_renewals TO onedoor_worker;

      CREATE POLICY web ON case_links TO onedoor_web USING (agency_id = (SELECT acting_agency()) AND ${holds('case_id')})
        WITH CHECK (agency_id = (SELECT acting_agency()) AND made_by = (SELECT acting_staff()) AND ${holds('case_id')});

      -- The mailbox of a case is that of its parts too.
      CREATE POLICY web_sees ON mailboxes FOR SELECT TO onedoor_web
        USING (case_id = (SELECT acting_case()) OR ${ofCase('case_id', 'true')}
               OR EXISTS (SELECT FROM cases c WHERE c.whole_id = mailboxes.case_id OFFSET 0));
      CREATE POLICY web_lodges ON mailboxes FOR INSERT TO onedoor_web WITH CHECK (${LODGES_WITH});
      CREATE POLICY web_changes ON mailboxes FOR UPDATE TO onedoor_web USING (case_id = (SELECT acting_case()));
      CREATE POLICY worker ON mailboxes FOR SELECT TO onedoor_worker USING (${WORKER});

      CREATE POLICY web_sees ON disposal.keys FOR SELECT TO onedoor_web
        USING (${own('case_id')} OR ${holds('case_id')} OR ${asked('case_id')}
               OR ((SELECT renews()) AND is_to_renew(case_id)));
      CREATE POLICY web_makes ON disposal.keys FOR INSERT TO onedoor_web WITH CHECK ((${LODGES_WITH}) OR ${holds('case_id')});
      CREATE POLICY worker ON disposal.keys FOR SELECT TO onedoor_worker USING (${WORKER});

      -- Whoever had the case or was offered it sees how it came to them, and not where it went from there.
      CREATE POLICY web_sees ON referrals FOR SELECT TO onedoor_web
        USING (${own('case_id')} OR ${holds('case_id')}
               OR ((SELECT acting_agency()) IS NOT NULL AND number <= asked_until(case_id))
               OR (state = 'opened' AND ${holdsPart('referrals.case_id')})
               OR ((SELECT leads_system()) AND ${ofCase('case_id', 'true')}));
      CREATE POLICY web_proposes ON referrals FOR INSERT TO onedoor_web
        WITH CHECK (from_agency = (SELECT acting_agency()) AND proposed_by = (SELECT acting_staff()) AND ${holds('case_id')});
      CREATE POLICY web_moves ON referrals FOR UPDATE TO onedoor_web
        USING (${own('case_id')} OR ${holds('case_id')}
               OR (to_agency = (SELECT acting_agency()) AND number <= asked_until(case_id))
               OR ((SELECT leads_system()) AND ${ofCase('case_id', 'true')}));
      CREATE POLICY worker ON referrals FOR SELECT TO onedoor_worker USING (${WORKER});
      CREATE POLICY auditor ON referrals FOR SELECT TO onedoor_auditor USING (${ofCase('case_id', 'true')});
      CREATE POLICY publisher ON referrals FOR SELECT TO onedoor_publisher USING (${ofCase('case_id', 'true')});

      CREATE POLICY web ON referral_grants TO onedoor_web
        USING (EXISTS (SELECT FROM referrals r WHERE r.id = referral_grants.referral_id OFFSET 0));

      CREATE POLICY web ON lead_reviews TO onedoor_web
        USING (${holds('case_id')} OR ((SELECT leads_system()) AND ${ofCase('case_id', `c.path = 'complaint'`)}));
      CREATE POLICY auditor ON lead_reviews FOR SELECT TO onedoor_auditor USING (${ofCase('case_id', 'true')});
      CREATE POLICY worker ON lead_reviews TO onedoor_worker USING (${WORKER});

      CREATE POLICY web ON clocks TO onedoor_web USING (${own('case_id')} OR ${holds('case_id')})
        WITH CHECK (${holds('case_id')});
      CREATE POLICY worker ON clocks TO onedoor_worker USING (${WORKER});

      -- Not for who is behind it: they do not see the case.
      CREATE POLICY web_sees ON case_walls FOR SELECT TO onedoor_web
        USING (${ofCase('case_id', 'true')}
               OR EXISTS (SELECT FROM cases c WHERE c.whole_id = case_walls.case_id OFFSET 0));
      CREATE POLICY web_sets ON case_walls FOR INSERT TO onedoor_web
        WITH CHECK (set_by = (SELECT acting_staff())
                    AND (${holds('case_id')} OR ${holdsPart('case_walls.case_id')}));
      CREATE POLICY web_lifts ON case_walls FOR UPDATE TO onedoor_web
        USING (${holds('case_id')} OR ${holdsPart('case_walls.case_id')});

      CREATE POLICY web ON routing_corrections TO onedoor_web
        USING (made_by = (SELECT acting_staff()) AND ${holds('case_id')});
      CREATE POLICY publisher ON routing_corrections FOR SELECT TO onedoor_publisher
        USING (${WORKER} OR (SELECT leads_system()));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(unsecure(...TABLES));
    await runner.query('REVOKE ALL ON case_key_renewals FROM onedoor_worker');
    for (const name of this.#functions.toReversed()) await runner.query(`DROP FUNCTION ${name}`);
  }
}

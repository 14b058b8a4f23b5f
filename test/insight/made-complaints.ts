import { makeLives, type MadeWorld, type OneConnection } from './made-lives.js';

/** What befalls complaints, in this order; what falls out of it befell none of them. */
export const STEPS = ['lodged', 'acknowledged', 'handed_over', 'closed'] as const;
export type Step = (typeof STEPS)[number];

/** SQL: every step of the row `l` of `lives`, as `s (kind, happened_on, agency_id, position)`. For a CROSS JOIN LATERAL. */
export const EVENTS_OF_LIFE = `
  (SELECT * FROM (VALUES
     ('lodged', l.lodged_on, l.first_agency, 1), ('placed', l.lodged_on, l.first_agency, 2),
     ('acknowledged', l.acknowledged_on, l.first_agency, 3),
     ('handed_over', CASE WHEN l.second_agency IS NOT NULL THEN l.second_on END, l.second_agency, 4),
     ('handed_over', CASE WHEN l.third_agency IS NOT NULL THEN l.third_on END, l.third_agency, 5),
     ('closed', l.closed_on, l.last_agency, 6),
     ('reopened', CASE WHEN l.taken_up_again THEN l.closed_on END, l.last_agency, 7)
   ) v (kind, happened_on, agency_id, position) WHERE v.happened_on IS NOT NULL) s`;

/** SQL: all columns of `cases` that are made, in the order of {@link caseOf}. */
export const CASE_COLUMNS = `id, reference, agency_id, path, delivery, facets, ruleset, rules, sealed_where, lodged_on, status,
  acknowledged_on, outcome, closed_on`;

/** SQL: the row of `cases` of the row `l` of `lives`: just lodged and placed, or as it stands now. */
export function caseOf(when: 'lodged' | 'now'): string {
  const state =
    when === 'lodged'
      ? `'placed', NULL::date, NULL::text, NULL::date`
      : `CASE WHEN l.closed_on IS NOT NULL AND NOT l.taken_up_again THEN 'closed'
              WHEN l.acknowledged_on IS NULL THEN 'placed' ELSE 'acknowledged' END,
         l.acknowledged_on, CASE WHEN l.closed_on IS NOT NULL AND NOT l.taken_up_again THEN l.outcome END,
         CASE WHEN NOT l.taken_up_again THEN l.closed_on END`;
  return `l.id, 'M-' || l.n || '-' || substr(l.id::text, 1, 8), ${when === 'lodged' ? 'l.first_agency' : 'l.last_agency'}, 'complaint',
    'direct', jsonb_build_object('topic', l.topic, 'stage', l.stage, 'channel', l.channel), '2026-11-22', '{}'::text[], 'browser',
    l.lodged_on, ${state}`;
}

/** SQL: puts hand-overs, and what was offered in vain, into `referrals`. @param which condition on the row `l` of `lives` */
export function insertReferrals(which = 'true'): string {
  return `
    INSERT INTO referrals (id, case_id, number, from_agency, to_agency, reason, share_identity, state, proposed_by, proposed_on,
                           consulted_on, ground, accepted_by, accepted_on, ended_on)
    SELECT gen_random_uuid(), l.id, m.number, m.from_agency, m.to_agency, 'not_ours', false,
           CASE WHEN m.taken THEN 'opened' WHEN m.ended_on <= current_date THEN 'declined' ELSE 'consulted' END, gen_random_uuid(),
           m.proposed_on, m.proposed_on, 'law_requires', CASE WHEN m.taken THEN gen_random_uuid() END,
           CASE WHEN m.taken THEN m.ended_on END, CASE WHEN m.ended_on <= current_date THEN m.ended_on END
      FROM lives l CROSS JOIN LATERAL (VALUES
             (1, l.first_agency, l.asked_agency, false, l.lodged_on + 1, l.lodged_on + 8),
             (2, l.first_agency, l.second_agency, true, l.lodged_on, l.second_on),
             (3, l.second_agency, l.third_agency, true, l.second_on, l.third_on)
           ) m (number, from_agency, to_agency, taken, proposed_on, ended_on)
     WHERE m.to_agency <> m.from_agency AND ${which}`;
}

/** SQL: puts the clock of the answer into `clocks`. @param which condition on the row `l` of `lives` */
export function insertClocks(metOn: 'NULL' | 'l.closed_on', which = 'true'): string {
  return `
    INSERT INTO clocks (case_id, kind, round, basis, started_on, due_on, met_on)
    SELECT l.id, 'answer', 0, 'our_aim', l.lodged_on, l.lodged_on + 28, ${metOn}::date FROM lives l WHERE ${which}`;
}

/* Each step also waits to be counted, as it does when it is really taken. */
function insertEvents(...kinds: string[]): string {
  return `
    WITH made AS (
      INSERT INTO case_events (id, case_id, kind, happened_on, agency_id, position)
      SELECT gen_random_uuid(), l.id, s.kind, s.happened_on, s.agency_id, s.position FROM lives l CROSS JOIN LATERAL ${EVENTS_OF_LIFE}
       WHERE s.kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')}) ORDER BY s.happened_on, l.n, s.position
      RETURNING id, case_id)
    INSERT INTO figure_events (id, case_id) SELECT id, case_id FROM made`;
}

const TAKE: Readonly<Record<Step, readonly string[]>> = {
  lodged: [
    `INSERT INTO cases (${CASE_COLUMNS}) SELECT ${caseOf('lodged')} FROM lives l`,
    insertClocks('NULL'),
    insertEvents('lodged', 'placed'),
  ],
  acknowledged: [
    `UPDATE cases c SET status = 'acknowledged', acknowledged_on = l.acknowledged_on
       FROM lives l WHERE l.id = c.id AND l.acknowledged_on IS NOT NULL`,
    insertEvents('acknowledged'),
  ],
  handed_over: [
    `UPDATE cases c SET agency_id = l.last_agency FROM lives l WHERE l.id = c.id AND l.last_agency <> l.first_agency`,
    insertReferrals(),
    insertEvents('handed_over'),
  ],
  closed: [
    `UPDATE cases c SET status = 'closed', outcome = l.outcome, closed_on = l.closed_on
       FROM lives l WHERE l.id = c.id AND l.closed_on IS NOT NULL AND NOT l.taken_up_again`,
    'UPDATE clocks k SET met_on = l.closed_on FROM lives l WHERE l.id = k.case_id AND l.closed_on IS NOT NULL',
    insertEvents('closed', 'reopened'),
  ],
};

/** Has a step befall every complaint of the table `lives` that it befalls, in one transaction. */
export async function take(query: OneConnection, step: Step): Promise<void> {
  await query('BEGIN');
  for (const sql of TAKE[step]) await query(sql);
  await query('COMMIT');
}

/** Makes complaints with all that figures are counted from: steps, clocks and hand-overs, and all of it waits to be counted. */
export async function makeComplaints(query: OneConnection, world: MadeWorld): Promise<void> {
  await makeLives(query, world);
  for (const step of STEPS) await take(query, step);
  await query('DROP TABLE lives');
  await query('ANALYZE');
}

import { loadDirectory } from '../../src/agencies/directory.js';
import { loadFacetCatalogue } from '../../src/routing/facets.js';

/** What is made. */
export interface MadeWorld {
  /** How many complaints. */
  readonly count: number;
  /** How many agencies of the directory they go to; the first ones get most. */
  readonly agencies: number;
  /** Months they spread over, up to and with the current one. */
  readonly months: number;
  /** 0 to 1: the same one makes the same world, but for ids. */
  readonly seed: number;
}

/**
 * Makes complaints, on one connection of the owner of the tables, with all that figures are counted from: steps, clocks and hand-overs. Few
 * agencies and topics get most of them, there are more in winter, some are handed on and some come back, some are closed
 * late or not at all, a few were taken up again. Each step also waits to be counted, as it does when it is really taken.
 */
export async function makeComplaints(
  query: (sql: string, values?: unknown[]) => Promise<unknown>,
  { count, agencies, months, seed }: MadeWorld,
): Promise<void> {
  const ids = loadDirectory()
    .all()
    .map(({ id }) => id)
    .slice(0, agencies);
  const topics = [...loadFacetCatalogue().codes('topic').keys()];
  await query('BEGIN');
  await query('INSERT INTO agencies (id) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING', [ids]);
  await query('SELECT setseed($1)', [seed]);
  await query(
    `CREATE TEMPORARY TABLE made ON COMMIT DROP AS
     SELECT gen_random_uuid() AS id, n, least(lodged_on, current_date) AS lodged_on,
            $1::text[] AS ids, $2::text[] AS topics,
            1 + floor(cardinality($1::text[]) * power(random(), 2.5))::int AS at,
            1 + floor(cardinality($2::text[]) * power(random(), 2))::int AS topic_at,
            random() AS a, random() AS b, random() AS c, random() AS d, random() AS e
       FROM (SELECT n, (date_trunc('month', current_date) - make_interval(months => floor($4 * random())::int)
                        + make_interval(days => floor(28 * random())::int))::date AS lodged_on, random() AS winter
               FROM generate_series(1, 2 * $3::int) n) days
      WHERE winter < 0.5 + 0.15 * cos((extract(month FROM lodged_on)::float8 - 7) * pi() / 6) LIMIT $3`,
    [ids, topics, count, months],
  );
  await query(`
    CREATE TEMPORARY TABLE lives ON COMMIT DROP AS
    SELECT id, n, lodged_on, ids[at] AS first_agency, topics[topic_at] AS topic, a, b, c, d, e,
           CASE WHEN b < 0.93 THEN least(lodged_on + floor(-8 * ln(1 - a))::int, current_date) END AS acknowledged_on,
           CASE WHEN c < 0.85 AND lodged_on + 1 + floor(-45 * ln(1 - d))::int <= current_date
                THEN lodged_on + 1 + floor(-45 * ln(1 - d))::int END AS closed_on,
           CASE WHEN e < 0.12 THEN ids[1 + (at + 3) % cardinality(ids)] END AS second_agency,
           CASE WHEN e < 0.03 THEN ids[1 + (at + 7) % cardinality(ids)]
                WHEN e < 0.04 THEN ids[at] END AS third_agency
      FROM made`);
  await query(`
    INSERT INTO cases (id, reference, agency_id, path, delivery, facets, ruleset, rules, sealed_where, status, lodged_on,
                       acknowledged_on, outcome, closed_on)
    SELECT id, 'M-' || n || '-' || substr(id::text, 1, 8), coalesce(third_agency, second_agency, first_agency), 'complaint', 'direct',
           jsonb_build_object('topic', topic, 'stage', (ARRAY['not_raised', 'waiting', 'answered', 'unsafe'])[1 + floor(4 * b * b)::int],
                              'channel', (ARRAY['web', 'phone', 'in_person', 'letter', 'api'])[1 + floor(5 * a * a)::int]),
           '2026-11-22', '{}', 'browser',
           CASE WHEN closed_on IS NOT NULL AND a > 0.02 THEN 'closed' WHEN acknowledged_on IS NULL THEN 'placed' ELSE 'acknowledged' END,
           lodged_on, acknowledged_on,
           CASE WHEN closed_on IS NOT NULL AND a > 0.02
                THEN (ARRAY['upheld', 'partly_upheld', 'not_upheld', 'resolved', 'no_power', 'withdrawn'])[1 + floor(6 * c)::int] END,
           CASE WHEN a > 0.02 THEN closed_on END
      FROM lives`);
  await query(`
    INSERT INTO case_events (id, case_id, kind, happened_on, agency_id, position)
    SELECT gen_random_uuid(), l.id, s.kind, s.happened_on, s.agency_id,
           row_number() OVER (PARTITION BY l.id ORDER BY s.happened_on, s.rank)
      FROM lives l CROSS JOIN LATERAL (VALUES
             ('lodged', l.lodged_on, l.first_agency, 1), ('placed', l.lodged_on, l.first_agency, 2),
             ('acknowledged', l.acknowledged_on, l.first_agency, 3),
             ('handed_over', CASE WHEN l.second_agency IS NOT NULL THEN l.lodged_on + 2 END, l.second_agency, 4),
             ('handed_over', CASE WHEN l.third_agency IS NOT NULL THEN l.lodged_on + 3 END, l.third_agency, 5),
             ('closed', l.closed_on, coalesce(l.third_agency, l.second_agency, l.first_agency), 6),
             ('reopened', CASE WHEN l.a <= 0.02 THEN l.closed_on END, coalesce(l.third_agency, l.second_agency, l.first_agency), 7)
           ) s (kind, happened_on, agency_id, rank)
     WHERE s.happened_on IS NOT NULL`);
  await query(`
    INSERT INTO clocks (case_id, kind, round, basis, started_on, due_on, met_on)
    SELECT id, 'answer', 0, 'our_aim', lodged_on, lodged_on + 28, closed_on FROM lives`);
  await query(`
    INSERT INTO referrals (id, case_id, number, from_agency, to_agency, reason, share_identity, state, proposed_by, proposed_on,
                           consulted_on, ground, accepted_by, accepted_on, ended_on)
    SELECT gen_random_uuid(), l.id, m.number, m.from_agency, m.to_agency, 'not_ours', false, m.state, gen_random_uuid(),
           l.lodged_on + m.number, l.lodged_on + m.number, 'law_requires', CASE m.state WHEN 'opened' THEN gen_random_uuid() END,
           CASE m.state WHEN 'opened' THEN l.lodged_on + m.number END, l.lodged_on + m.number + 1
      FROM lives l CROSS JOIN LATERAL (VALUES
             (1, l.first_agency, l.second_agency, 'opened'), (2, l.second_agency, l.third_agency, 'opened'),
             (3, coalesce(l.third_agency, l.second_agency), CASE WHEN l.d < 0.3 THEN 'declining' END, 'declined')
           ) m (number, from_agency, to_agency, state)
     WHERE m.from_agency IS NOT NULL AND m.to_agency IS NOT NULL AND m.to_agency <> m.from_agency AND m.to_agency <> 'declining'`);
  await query(
    `INSERT INTO figure_events (id, case_id) SELECT gen_random_uuid(), e.case_id FROM case_events e JOIN lives l ON l.id = e.case_id`,
  );
  await query('COMMIT');
  await query('ANALYZE');
}

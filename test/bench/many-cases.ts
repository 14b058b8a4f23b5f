import type { Client } from 'pg';

/**
 * Gives an agency so many complaints of the last three years, with what an inbox is made of: epochs, grants, events and
 * clocks of the shapes and numbers that lodging and placing leave. What is sealed is made up, since a list opens nothing.
 */
export async function fillInbox(client: Client, agencyId: string, count: number): Promise<void> {
  const { rows } = await client.query<{ kid: string; staff: string }>(
    `SELECT (SELECT kid FROM agency_keys WHERE agency_id = $1) AS kid, id AS staff FROM staff WHERE agency_id = $1 LIMIT 1`,
    [agencyId],
  );
  const [{ kid, staff } = { kid: '', staff: '' }] = rows;
  await client.query('BEGIN');
  await client.query(
    `INSERT INTO cases (id, reference, agency_id, path, delivery, facets, ruleset, rules, decided_for, sealed_where, status,
                        lodged_on, acknowledged_on, assigned_to)
     SELECT gen_random_uuid(), upper(overlay(overlay(substr(md5(n::text), 1, 11) placing '-' from 9 for 0) placing '-' from 5 for 0)),
            $1, 'complaint', 'direct', '{"topic": "benefit", "about": "msd", "stage": "not_raised"}', '2026-11-22',
            '{path-complaint,about-agency}', $1, 'browser',
            (ARRAY['placed', 'acknowledged', 'closed'])[1 + n % 3], day, CASE n % 3 WHEN 0 THEN NULL ELSE day + 2 END,
            CASE n % 4 WHEN 0 THEN NULL ELSE $2::uuid END
       FROM generate_series(1, $3::integer) n, LATERAL (SELECT current_date - (random() * 1095 + 0 * n)::integer AS day) d`,
    [agencyId, staff, count],
  );
  await client.query(`
    INSERT INTO case_epochs (case_id, key, epoch, record) SELECT id, 'case', 1, repeat(md5(id::text), 20) FROM cases`);
  await client.query(
    `INSERT INTO case_grants (case_id, key, epoch, reader, wrapped)
     SELECT id, 'case', 1, reader, decode(repeat(md5(id::text), 40), 'hex')
       FROM cases, LATERAL unnest(ARRAY[$1, 'mailbox ' || id]) reader`,
    [kid],
  );
  await client.query(`
    INSERT INTO case_events (id, case_id, kind, happened_on, agency_id, position)
    SELECT gen_random_uuid(), id, kind, lodged_on, agency_id, n
      FROM cases, unnest(ARRAY['lodged', 'placed']) WITH ORDINALITY step (kind, n)`);
  await client.query(`
    INSERT INTO clocks (case_id, kind, basis, started_on, due_on, met_on)
    SELECT id, 'answer', 'our_aim', lodged_on, lodged_on + 28, CASE status WHEN 'closed' THEN lodged_on + 20 END FROM cases`);
  await client.query('COMMIT');
  // As autovacuum would have left it.
  await client.query('VACUUM (ANALYZE)');
}

/** Gives an agency so many complaints that were lodged and wait to be placed, each with the promise to do so. */
export async function fillToPlace(client: Client, agencyId: string, count: number): Promise<void> {
  await client.query('BEGIN');
  // Of what was lodged while the latencies were measured nothing may be in the way.
  await client.query('TRUNCATE cases, outbox, notices CASCADE');
  await client.query(
    `INSERT INTO cases (id, reference, agency_id, path, delivery, facets, ruleset, rules, decided_for, sealed_where, status,
                        lodged_on)
     SELECT gen_random_uuid(), upper(overlay(overlay(substr(md5(n::text), 1, 11) placing '-' from 9 for 0) placing '-' from 5 for 0)),
            $1, 'complaint', 'direct', '{"topic": "benefit", "about": "msd", "stage": "not_raised"}', '2026-11-22',
            '{path-complaint,about-agency}', $1, 'browser', 'lodged', current_date
       FROM generate_series(1, $2::integer) n`,
    [agencyId, count],
  );
  await client.query(`
    INSERT INTO case_events (id, case_id, kind, happened_on, agency_id, position)
    SELECT gen_random_uuid(), id, 'lodged', lodged_on, agency_id, 1 FROM cases`);
  await client.query(`
    INSERT INTO outbox (id, queue, name, case_id) SELECT gen_random_uuid(), 'routing', 'place_case', id FROM cases`);
  await client.query('COMMIT');
  await client.query('VACUUM (ANALYZE)');
}

import type { CaseEventKind } from '../../cases/case-event.entity.js';
/** SQL: the month of a day. */
export const MONTH_OF = (day: string): string => `date_trunc('month', (${day})::timestamp)::date`;

/* The last is for all that is more. */
const STEPS = {
  acknowledged: { '0-5': 5, '6-10': 10, '11-20': 20, 'over-20': null },
  resolved: { '0-5': 5, '6-10': 10, '11-20': 20, '21-40': 40, '41-60': 60, 'over-60': null },
} as const;

/* Days in the longest month. */
const UPDATE_DAYS = '31';
/*
 * With each of them an agency tells the person something. What the person did, and what only waits at a desk, is none; nor
 * is taking a proposal back, which may be either's doing.
 */
const TELLING = [
  ...['acknowledged', 'reply', 'split', 'closed'],
  ...['referral_proposed', 'referral_grounded', 'referral_stopped', 'referral_declined', 'referral_accepted'],
  'handed_over',
] as const satisfies readonly CaseEventKind[];

/** SQL: in how many working days something was done. @param days SQL of their number */
export function stepOf(days: string, kind: keyof typeof STEPS): string {
  const parts = Object.entries(STEPS[kind]).map(([code, most]) =>
    most === null ? `ELSE '${code}'` : `WHEN ${days} <= ${most.toString()} THEN '${code}'`,
  );
  return `CASE ${parts.join(' ')} END`;
}

/**
 * SQL: the record key of an id, the first 32 bits of an HMAC-SHA256 (RFC 2104) whose two pads are $1 and $2.
 *
 * @param id SQL of a UUID
 */
export function recordKeyOf(id: string): string {
  return `('x' || encode(substr(sha256($2::bytea || sha256($1::bytea || uuid_send(${id}))), 1, 4), 'hex'))::bit(32)::bigint`;
}

/** Columns of `figure_facts` that may change, in their order; before them the id, which does not. */
export const FACT_COLUMNS = [
  'record_key',
  'received_in',
  'first_agency',
  'agency_id',
  'topic',
  'channel',
  'stage',
  'acknowledged',
  'answered',
  'hand_offs',
  'came_back',
  'handed_on',
  'asked',
  'moved_in',
  'is_open',
  'closed_in',
  'closed_by',
  'outcome',
  'resolved',
  'kept_informed',
] as const;

/**
 * SQL: how complaints stand now, as rows of `figure_facts`. Parts are not counted: what a person lodged is one complaint,
 * however often it is split or handed on. Parameters: $1 and $2 are the pads of the record key, $3 is the triage desk.
 *
 * @param which SQL of a FROM item `w (case_id)`, each id at most once
 */
export function factsOf(which: string): string {
  return `
    SELECT c.id AS case_id, ${recordKeyOf('c.id')} AS record_key, ${MONTH_OF('c.lodged_on')} AS received_in,
           e.first_agency, c.agency_id,
           coalesce(c.facets->>'topic', 'unknown') AS topic, coalesce(c.facets->>'channel', 'unknown') AS channel,
           coalesce(c.facets->>'stage', 'unknown') AS stage,
           CASE WHEN e.acknowledged_on IS NULL THEN 'open'
                ELSE ${stepOf('acknowledged.number - lodged.number', 'acknowledged')} END AS acknowledged,
           CASE WHEN k.met_on IS NULL THEN 'open' WHEN k.met_on <= k.due_on THEN 'in_time' ELSE 'late' END AS answered,
           CASE WHEN r.times > 2 THEN '3-or-more' ELSE coalesce(r.times, 0)::text END AS hand_offs,
           CASE WHEN r.came_back THEN 'yes' ELSE 'no' END AS came_back,
           coalesce(r.handed_on, '{}') AS handed_on, coalesce(r.asked, '{}') AS asked, r.moved_in,
           c.status <> 'closed' AS is_open, ${MONTH_OF('e.closed_on')} AS closed_in, e.closed_by,
           CASE WHEN e.closed_on IS NOT NULL THEN coalesce(c.outcome, 'taken_up_again') END AS outcome,
           CASE WHEN e.closed_on IS NOT NULL
                THEN ${stepOf('closed.number - lodged.number', 'resolved')} END AS resolved,
           CASE WHEN e.closed_on IS NULL THEN NULL
                WHEN e.closed_on <= c.lodged_on + ${UPDATE_DAYS} THEN 'not_due'
                WHEN u.longest_wait <= ${UPDATE_DAYS} THEN 'monthly' ELSE 'longer' END AS kept_informed
      FROM ${which}
      JOIN cases c ON c.id = w.case_id AND c.path = 'complaint' AND c.whole_id IS NULL
      CROSS JOIN LATERAL (
        SELECT min(s.happened_on) FILTER (WHERE s.kind IN ('acknowledged', 'reply')) AS acknowledged_on,
               min(s.happened_on) FILTER (WHERE s.kind = 'closed') AS closed_on,
               (array_agg(s.agency_id ORDER BY s.position) FILTER (WHERE s.kind = 'closed'))[1] AS closed_by,
               (array_agg(s.agency_id ORDER BY s.position))[1] AS first_agency
          FROM case_events s WHERE s.case_id = c.id) e
      LEFT JOIN LATERAL (
        SELECT a.met_on, a.due_on FROM clocks a WHERE a.case_id = c.id AND a.kind = 'answer' ORDER BY a.round DESC LIMIT 1
      ) k ON true
      LEFT JOIN LATERAL (${REFERRALS}) r ON true
      LEFT JOIN LATERAL (
        SELECT max(waited) AS longest_wait
          FROM (SELECT s.happened_on - lag(s.happened_on, 1, c.lodged_on) OVER (ORDER BY s.happened_on) AS waited
                  -- Of parts too: their person reads it in the one mailbox.
                  FROM (SELECT c.id UNION ALL SELECT p.id FROM cases p WHERE p.whole_id = c.id) of
                  JOIN case_events s ON s.case_id = of.id AND s.kind IN (${TELLING.map((kind) => `'${kind}'`).join(', ')})
                 WHERE s.happened_on <= e.closed_on) w
         WHERE e.closed_on > c.lodged_on + ${UPDATE_DAYS}) u ON true
      LEFT JOIN working_day_numbers lodged ON lodged.day = c.lodged_on
      LEFT JOIN working_day_numbers acknowledged ON acknowledged.day = e.acknowledged_on
      LEFT JOIN working_day_numbers closed ON closed.day = e.closed_on
     WHERE e.first_agency IS NOT NULL`;
}

/* "Came back": to where it was lodged, or to whoever had handed it on before. */
const REFERRALS = `
  SELECT count(*) FILTER (WHERE m.state = 'opened' AND m.from_agency <> $3) AS times,
         coalesce(bool_or(m.state = 'opened' AND m.to_agency <> $3
                          AND (m.to_agency = e.first_agency
                               OR EXISTS (SELECT FROM referrals b WHERE b.case_id = c.id AND b.number < m.number
                                             AND b.state = 'opened' AND b.from_agency = m.to_agency))), false) AS came_back,
         array_agg(${MONTH_OF('m.ended_on')} || ' ' || m.from_agency || ' ' || m.to_agency ORDER BY m.number)
           FILTER (WHERE m.state = 'opened') AS handed_on,
         array_agg(${MONTH_OF('m.proposed_on')} || ' ' || m.to_agency || ' '
                   || CASE WHEN m.state = 'opened' OR m.accepted_on IS NOT NULL THEN 'accepted'
                           WHEN m.state = 'declined' THEN 'declined'
                           WHEN m.ended_on IS NULL THEN 'waiting' ELSE 'not_decided' END ORDER BY m.number) AS asked,
         ${MONTH_OF('max(greatest(m.proposed_on, m.ended_on))')} AS moved_in
    FROM referrals m WHERE m.case_id = c.id HAVING count(*) > 0`;

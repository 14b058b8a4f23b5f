import type { QueryResultRow } from 'pg';
import { countWorkingDays } from '../../src/clocks/calendar.js';

/** A question to the database, as the owner of its tables. */
export type Rows = <T extends QueryResultRow>(sql: string, values?: unknown[]) => Promise<T[]>;

interface Lived {
  id: string;
  agency: string;
  topic: string;
  channel: string;
  stage: string;
  status: string;
  outcome: string | null;
  lodged: string;
  events: { kind: string; on: string; agency: string }[];
  /** Of the complaint and of its parts, in the order of their days. */
  seen: { kind: string; on: string }[];
  met: string | null;
  due: string | null;
  referrals: {
    from: string;
    to: string;
    state: string;
    proposed: string;
    ended: string | null;
    accepted: string | null;
  }[];
}

const LIVED = `
  SELECT c.id, c.agency_id AS agency, coalesce(facets->>'topic', 'unknown') AS topic, coalesce(facets->>'channel', 'unknown') AS channel,
         coalesce(facets->>'stage', 'unknown') AS stage, status, outcome, lodged_on::text AS lodged,
         (SELECT json_agg(json_build_object('kind', kind, 'on', happened_on, 'agency', agency_id) ORDER BY position)
            FROM case_events WHERE case_id = c.id) AS events,
         (SELECT json_agg(json_build_object('kind', kind, 'on', happened_on) ORDER BY happened_on)
            FROM case_events WHERE case_id IN (SELECT id FROM cases p WHERE c.id IN (p.id, p.whole_id))) AS seen,
         k.met_on::text AS met, k.due_on::text AS due,
         coalesce((SELECT json_agg(json_build_object('from', from_agency, 'to', to_agency, 'state', state, 'proposed', proposed_on,
                                                     'ended', ended_on, 'accepted', accepted_on) ORDER BY number)
                     FROM referrals WHERE case_id = c.id), '[]') AS referrals
    FROM cases c
    LEFT JOIN LATERAL (SELECT * FROM clocks WHERE case_id = c.id AND kind = 'answer' ORDER BY round DESC LIMIT 1) k ON true
   WHERE path = 'complaint' AND whole_id IS NULL`;

/**
 * Counts every cell of every cube one complaint after another, with the calendar that tells people their days: a second way to
 * the same figures, that shares nothing with the first.
 *
 * @returns how many by `cube agency month code`
 */
export async function recounted(rows: Rows): Promise<Map<string, number>> {
  const cells = new Map<string, number>();
  const put = (cube: string, agency: string, day: string, code: string): void => {
    const key = `${cube} ${agency} ${day.slice(0, 7)}-01 ${code}`;
    cells.set(key, (cells.get(key) ?? 0) + 1);
  };
  for (const lived of await rows<Lived & QueryResultRow>(LIVED)) {
    const first = lived.events[0]?.agency ?? '';
    const acknowledged = lived.events.find(({ kind }) => kind === 'acknowledged' || kind === 'reply');
    const closed = lived.events.find(({ kind }) => kind === 'closed');
    const opened = lived.referrals.filter(({ state }) => state === 'opened');
    const answered = lived.met === null ? 'open' : lived.met <= (lived.due ?? '') ? 'in_time' : 'late';
    const had = new Set([first]);
    let cameBack = false;
    for (const { from, to } of opened) {
      had.add(from);
      if (to !== 'triage' && had.has(to)) cameBack = true;
    }
    const times = opened.filter(({ from }) => from !== 'triage').length;
    const received: [string, string, string][] = [
      ['topic', first, lived.topic],
      ['channel', first, lived.channel],
      ['stage', first, lived.stage],
      ['acknowledged', first, acknowledged ? acknowledgedIn(workingDays(lived.lodged, acknowledged.on)) : 'open'],
      ['hand_offs', first, times > 2 ? '3-or-more' : times.toString()],
      ['came_back', first, cameBack ? 'yes' : 'no'],
      ['answered', lived.agency, answered],
      ...(lived.status === 'closed' ? [] : [['open', lived.agency, answered] as [string, string, string]]),
    ];
    for (const [cube, agency, code] of received) for (const at of [agency, '*']) put(cube, at, lived.lodged, code);
    if (closed) {
      for (const at of [closed.agency, '*']) {
        put('outcome', at, closed.on, lived.outcome ?? 'taken_up_again');
        put('resolved', at, closed.on, resolvedIn(workingDays(lived.lodged, closed.on)));
        put('kept_informed', at, closed.on, informedUntil(lived, closed.on));
      }
    }
    for (const { from, to, ended } of opened) put('handed_on', from, ended ?? '', to);
    for (const one of lived.referrals)
      for (const at of [one.to, '*']) {
        const accepted = one.state === 'opened' || one.accepted !== null;
        const said = accepted
          ? 'accepted'
          : one.state === 'declined'
            ? 'declined'
            : one.ended
              ? 'not_decided'
              : 'waiting';
        put('asked', at, one.proposed, said);
      }
  }
  return cells;
}

const counted = new Map<string, readonly string[]>();

/** How many working days there are after one day, up to and with another. */
function workingDays(from: string, to: string): number {
  const days =
    counted.get(from) ??
    countWorkingDays('legislation', from, 400).flatMap(({ date, number }) => (number === null ? [] : date));
  counted.set(from, days);
  return days.filter((date) => date <= to).length;
}

/** What tells the person nothing new of an agency: what they did themselves, or what waits at a desk. */
const TELLS_NOTHING = new Set(
  [
    ['lodged', 'placed', 'assigned', 'message', 'reopened', 'reader_joined', 'commitment_differs'],
    ['referral_held', 'referral_consented', 'referral_refused', 'referral_withdrawn'],
  ].flat(),
);

function informedUntil({ lodged, seen }: Lived, closedOn: string): string {
  const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;
  if (daysBetween(lodged, closedOn) <= 31) return 'not_due';
  let toldOn = lodged;
  for (const { kind, on } of seen) {
    if (TELLS_NOTHING.has(kind) || on > closedOn) continue;
    if (daysBetween(toldOn, on) > 31) return 'longer';
    toldOn = on;
  }
  return 'monthly';
}

function acknowledgedIn(days: number): string {
  return days <= 5 ? '0-5' : days <= 10 ? '6-10' : days <= 20 ? '11-20' : 'over-20';
}

function resolvedIn(days: number): string {
  if (days <= 20) return acknowledgedIn(days);
  return days <= 40 ? '21-40' : days <= 60 ? '41-60' : 'over-60';
}

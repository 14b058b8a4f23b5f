import { monthsAfter } from '../clocks/months.js';
import { randomUUID } from 'node:crypto';
import type { Database } from '../../config/database.js';
import type { ServiceKeys } from '../../config/service-keys.js';
import { OUTCOMES } from '../cases/case-outcome.js';
import { todayInAuckland } from '../clocks/calendar.js';
import { COUNTING_LOCK } from '../insight/counting/counter.js';
import { cellsOf } from '../insight/counting/cells-of-facts.js';
import { FACT_COLUMNS, recordKeyOf } from '../insight/counting/facts-of-cases.js';
import { ACKNOWLEDGED, ANSWERED, HAND_OFFS, KEPT_INFORMED, RESOLVED } from '../insight/cubes/cubes.js';
import { FigureKeys } from '../insight/cubes/figure-keys.js';
import { monthOf, monthsUpTo, type Month } from '../insight/cubes/months.js';

/** Months of a made-up past, and complaints in it. */
const MONTHS = 36;
const COMPLAINTS = 4_000;

/** Who gets how much: the first of a list most, as in life. */
const AGENCIES = [
  'immigration_nz',
  'acc',
  'ird',
  'oranga_tamariki',
  'corrections',
  'health_nz',
  'kainga_ora',
  'moe',
  'local_council',
  'school_board',
  'moh',
  'ero',
];
const TOPICS = [
  'delay',
  'service_quality',
  'decision',
  'benefit',
  'injury_claim',
  'tax',
  'immigration',
  'official_information',
  'personal_information',
  'child_care_protection',
  'social_housing',
  'transport_safety',
];

type Fact = Readonly<Record<(typeof FACT_COLUMNS)[number] | 'case_id', unknown>>;

/**
 * Gives the figures a past: complaints of the last three years that never were, of agencies that nobody of the demonstration
 * is from. There is nothing of them but what is counted, as of a complaint that was disposed of.
 *
 * @param agencies of the directory
 */
export async function makePast(database: Database, keys: ServiceKeys, agencies: readonly string[]): Promise<void> {
  const random = seeded(20_261_122);
  const last = monthsAfter(monthOf(todayInAuckland()), -1);
  const known = AGENCIES.filter((id) => agencies.includes(id));
  const months = monthsUpTo(last, MONTHS);
  const facts = Array.from({ length: COMPLAINTS }, () => madeUp(random, months, known));
  const { recordKeyPads } = new FigureKeys(keys.serverSecret);
  await database.asActor({ kind: 'system', name: 'figures' }, async (manager) => {
    await manager.query('SELECT pg_advisory_xact_lock($1)', [COUNTING_LOCK]);
    await manager.query(PUT, [...recordKeyPads, JSON.stringify(facts)]);
  });
}

const PUT = `
  WITH put AS (
    INSERT INTO figure_facts (case_id, ${FACT_COLUMNS.join(', ')})
    SELECT case_id, ${FACT_COLUMNS.map((column) => (column === 'record_key' ? recordKeyOf('f.case_id') : `f.${column}`)).join(', ')}
      FROM jsonb_populate_recordset(NULL::figure_facts, $3::jsonb) f
    RETURNING *)
  INSERT INTO figure_cells (cube, agency, month, code, n, keys)
  SELECT * FROM (${cellsOf('put')}) c
  ON CONFLICT (cube, agency, month, code)
    DO UPDATE SET n = figure_cells.n + excluded.n, keys = figure_cells.keys + excluded.keys`;

function madeUp(random: () => number, months: readonly Month[], agencies: readonly string[]): Fact {
  const pick = <T>(from: readonly T[], skew: number): T => from[Math.floor(from.length * random() ** skew)] as T;
  // More in winter, and a little more every year; and something happened on the roads last month.
  let at = Math.floor(months.length * random() ** 0.85);
  if (random() < 0.25) at = Math.max(0, at - Math.floor(((at + 5) % 12) * random()));
  const receivedIn = months[at] ?? '';
  const topic = at === months.length - 1 && random() < 0.35 ? 'transport_safety' : pick(TOPICS, 1.6);
  const first = pick(agencies, 1.7);
  const isHandedOn = random() < 0.14;
  const second = isHandedOn
    ? pick(
        agencies.filter((id) => id !== first),
        1.2,
      )
    : first;
  const isBack = isHandedOn && random() < 0.12;
  const agency = isBack ? first : second;
  const monthsOpen = Math.floor(-1.6 * Math.log(1 - random()));
  const slow = Math.min(RESOLVED.length - 1, monthsOpen + Math.floor(2 * random()));
  const closedIn = random() < 0.9 && at + monthsOpen < months.length ? (months[at + monthsOpen] ?? null) : null;
  const hops = isHandedOn
    ? [`${receivedIn} ${first} ${second}`, ...(isBack ? [`${receivedIn} ${second} ${first}`] : [])]
    : [];
  const declined = random() < 0.03 && agencies.length > 1 ? [`${receivedIn} ${pick(agencies, 1)} declined`] : [];
  return {
    case_id: randomUUID(),
    record_key: null,
    received_in: receivedIn,
    first_agency: first,
    agency_id: agency,
    topic,
    channel: pick(['web', 'phone', 'letter', 'in_person', 'api'], 1.8),
    stage: pick(['not_raised', 'waiting', 'answered', 'unsafe'], 1.5),
    acknowledged: pick(ACKNOWLEDGED, isHandedOn ? 1.4 : 2.4),
    answered: closedIn === null ? 'open' : pick(ANSWERED.slice(0, 2), isHandedOn ? 0.9 : 1.5),
    hand_offs: HAND_OFFS[hops.length],
    came_back: isBack ? 'yes' : 'no',
    handed_on: hops,
    asked: [...hops.map((hop) => hop.replace(/ \S+ (\S+)$/, ' $1 accepted')), ...declined],
    moved_in: hops.length + declined.length > 0 ? receivedIn : null,
    is_open: closedIn === null,
    closed_in: closedIn,
    closed_by: closedIn === null ? null : agency,
    outcome: closedIn === null ? null : pick(OUTCOMES, 1.1),
    resolved: closedIn === null ? null : RESOLVED[slow],
    // Up to 20 working days are no more than 31 days, but at Christmas.
    kept_informed:
      closedIn === null ? null : slow < 3 ? KEPT_INFORMED[0] : pick(KEPT_INFORMED.slice(1), isHandedOn ? 0.9 : 1.5),
  };
}

/** The same numbers at every start (mulberry32): what is shown is no secret. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

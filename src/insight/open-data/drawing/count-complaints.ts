import type { EntityManager } from 'typeorm';
import type { Directory } from '../../../agencies/directory.js';
import { UNKNOWN } from '../../../routing/facets.js';
import type { Period } from '../periods.js';
import type { DatasetSpec } from '../table-spec.js';
import { TrueCounts } from './true-counts.js';

/** Complaints that were received in a month and are alike in all that is published of that. */
export interface ReceivedAlike {
  /** `YYYY-MM` */
  readonly month: string;
  readonly topic: string;
  readonly stage: string;
  readonly channel: string;
  /** Id of who received them first. */
  readonly agency: string;
  readonly n: number;
}

/** Complaints that were first closed in a period and are alike in all that is published of that. */
export interface ClosedAlike {
  readonly outcome: string;
  readonly acknowledged: string;
  readonly resolved: string;
  readonly handOffs: string;
  /** Id of who closed them first. */
  readonly agency: string;
  readonly n: number;
}

const RECEIVED = `
  SELECT to_char(received_in, 'YYYY-MM') AS month, topic, stage, channel, first_agency AS agency, count(*)::integer AS n
    FROM figure_facts WHERE received_in BETWEEN $1 AND $2 GROUP BY 1, 2, 3, 4, 5`;

const CLOSED = `
  SELECT outcome, acknowledged, resolved, hand_offs AS "handOffs", closed_by AS agency, count(*)::integer AS n
    FROM figure_facts WHERE closed_in BETWEEN $1 AND $2 GROUP BY 1, 2, 3, 4, 5`;

/** Counts the complaints of a quarter from the facts that were counted of each. Runs as `figures`, which sees complaints alone. */
export async function countComplaints(
  manager: EntityManager,
  dataset: DatasetSpec,
  period: Period,
  directory: Directory,
): Promise<TrueCounts> {
  const between = [period.firstDay, period.lastDay];
  const received = await manager.query<ReceivedAlike[]>(RECEIVED, between);
  const closed = await manager.query<ClosedAlike[]>(CLOSED, between);
  return tallyComplaints(dataset, period, directory, received, closed);
}

/**
 * Puts complaints into the tables. One more complaint is in one cell more of each of the four tables of its side, and in no
 * other: the noise is made for that.
 *
 * @throws RangeError when a complaint has a code that is declared nowhere and stands for no answer
 */
export function tallyComplaints(
  dataset: DatasetSpec,
  period: Period,
  directory: Directory,
  received: readonly ReceivedAlike[],
  closed: readonly ClosedAlike[],
): TrueCounts {
  const counts = new TrueCounts(dataset, period);
  const sectorOf = (agency: string): string => directory.get(agency)?.sector ?? UNKNOWN;
  // A facet's answer that is none of today's was one once: rulesets change, and what people chose stays.
  const known = answersOf(dataset, period);
  for (const { month, topic, stage, channel, agency, n } of received) {
    counts.add('received-by-month-topic', [month, known('received-by-month-topic', 1, topic)], n);
    counts.add('received-by-month-sector', [month, known('received-by-month-sector', 1, sectorOf(agency))], n);
    counts.add('received-by-stage', [known('received-by-stage', 0, stage)], n);
    counts.add('received-by-channel', [known('received-by-channel', 0, channel)], n);
  }
  for (const { outcome, acknowledged, resolved, handOffs, agency, n } of closed) {
    counts.add('closed-by-outcome-sector', [outcome, known('closed-by-outcome-sector', 1, sectorOf(agency))], n);
    counts.add('closed-by-acknowledged', [acknowledged], n);
    counts.add('closed-by-resolved', [resolved], n);
    counts.add('closed-by-hand-offs', [handOffs], n);
  }
  return counts;
}

function answersOf(dataset: DatasetSpec, period: Period) {
  const codes = new Map(
    dataset.tables.map(({ name, dimensions }) => [
      name,
      dimensions.map((dimension) => new Set(dimension.codes(period).map(({ code }) => code))),
    ]),
  );
  return (table: string, dimension: number, code: string): string =>
    codes.get(table)?.[dimension]?.has(code) === true ? code : UNKNOWN;
}

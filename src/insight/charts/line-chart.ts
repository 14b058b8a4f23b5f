import { dot, line, type Markish } from '@observablehq/plot';
import { ABOVE, along, monthTicks, roundTicks, upright } from './axes.js';
import { BLUE, INK, ORANGE, TEAL } from './colours.js';
import { placeIn, scaled, type Frame } from './frame.js';
import { linesOf, widthOf } from './lines-of-text.js';
import { nothingYet } from './nothing.js';
import { draw, LINE, WIDTH, type Picture } from './picture.js';
import { endNames, NAME_AFTER_MARK } from './end-names.js';
import { writtenIn } from './written.js';

interface ChartLine {
  readonly label: string;
  /** One for each month; null where it is suppressed or not known, and the line is broken there. */
  readonly values: readonly (number | null)[];
}

export interface LineChart extends Picture {
  /** What the heights are, such as "Cases each month". */
  readonly unit: string;
  /** One after another, `YYYY-MM`. */
  readonly months: readonly string[];
  /** Four at most. */
  readonly lines: readonly ChartLine[];
}

const LOOKS = [
  { stroke: TEAL, dash: '', symbol: 'circle' },
  { stroke: ORANGE, dash: '7 4', symbol: 'square' },
  { stroke: BLUE, dash: '2 4', symbol: 'triangle' },
  { stroke: INK, dash: '9 3 2 3', symbol: 'diamond' },
] as const;

const INSIDE = 210;
/** As much as the names of lines may take of the width. */
const NAMES = 112;

/**
 * Lines by month, each with its own colour, dash and end mark, and its name written where it ends.
 *
 * @throws RangeError when there are more than four lines
 */
export function lineChart(chart: LineChart): string {
  if (chart.lines.length > LOOKS.length) throw new RangeError('Four lines at most are told apart.');
  const values = chart.lines.flatMap((one) => one.values).filter((value) => value !== null);
  if (chart.months.length === 0 || values.length === 0) return nothingYet(chart);
  const { count, month } = writtenIn(chart.language);
  const heights = roundTicks(Math.min(0, ...values), Math.max(0, ...values), true);
  const low = heights[0] ?? 0;
  const high = heights.at(-1) ?? 1;
  const unit = linesOf(chart.unit, WIDTH);
  const left = 8 + Math.max(...heights.map((one) => widthOf(count(one))));
  const names = chart.lines.map(({ label }) => linesOf(label, NAMES - NAME_AFTER_MARK));
  const right = WIDTH - NAME_AFTER_MARK - 2 - Math.max(...names.flat().map(widthOf));
  const top = unit.length * LINE + ABOVE + 4;
  const frame: Frame = { left, right, top, bottom: top + INSIDE };
  const last = chart.months.length - 1;
  const ends: readonly [number, number] = last === 0 ? [-1, 1] : [0, last];
  const ticks = monthTicks(chart.months.length, Math.max(2, Math.floor((right - left) / 48)));
  return draw(chart, {
    ...scaled(frame, frame.bottom + 2 * LINE + 12, ends, [low, high]),
    marks: [
      ...upright({ at: heights, say: count }, unit, frame),
      along({ at: ticks, say: (at) => month(chart.months[at] ?? '') }),
      ...chart.lines.flatMap((one, at) => lineOf(one, at, ticks, last)),
      ...namesAt(chart.lines, names, frame, [low, high]),
    ],
  });
}

function lookOf(at: number): (typeof LOOKS)[number] {
  return LOOKS[at] ?? LOOKS[0];
}

function lineOf({ values }: ChartLine, at: number, ticks: readonly number[], last: number): Markish[] {
  const { stroke, dash, symbol } = lookOf(at);
  const points = values.slice(0, last + 1).map((value, x) => ({ x, y: value ?? Number.NaN }));
  const final = points.findLastIndex(({ y }) => !Number.isNaN(y));
  // In black and white the marks tell which name is whose: one at each month that is written, but for the last, where the
  // name's own stands beside the end. A month between two that are missing has no line, and shows by its mark alone.
  const marked = points.filter(({ y }, x) => {
    if (Number.isNaN(y)) return false;
    if (isGap(values[x - 1]) && isGap(values[x + 1])) return true;
    return x === final ? final < last : ticks.includes(x);
  });
  return [
    line(points, { x: 'x', y: 'y', stroke, strokeWidth: 2.5, ...(dash !== '' && { strokeDasharray: dash }) }),
    dot(marked, { x: 'x', y: 'y', fill: stroke, r: 4.5, symbol }),
  ];
}

function isGap(value: number | null | undefined): boolean {
  return value === null || value === undefined;
}

function namesAt(
  lines: readonly ChartLine[],
  names: readonly (readonly string[])[],
  frame: Frame,
  domain: readonly [number, number],
): Markish[] {
  const wanted = lines.map(({ values }, at) => {
    const final = values.findLast((value) => value !== null) ?? domain[0];
    return { y: placeIn(final, domain, frame.bottom, frame.top), lines: names[at] ?? [] };
  });
  const marks = lines.map((_, at) => {
    const { stroke, symbol } = lookOf(at);
    return { symbol, fill: stroke };
  });
  return endNames(wanted, frame, marks);
}

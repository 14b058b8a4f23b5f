import { dot, line, type Markish } from '@observablehq/plot';
import type { Limits } from '../control/limits.js';
import type { ControlPoint } from '../control/phases.js';
import type { Rule } from '../control/signals.js';
import { ABOVE, along, monthTicks, roundTicks, upright } from './axes.js';
import { baselineMarks } from './baseline-marks.js';
import { BLUE, INK, ORANGE, PAPER, QUIET, TEAL } from './colours.js';
import { endNames, NAME_AFTER_END } from './end-names.js';
import { placeIn, scaled, type Frame } from './frame.js';
import { linesOf, widthOf } from './lines-of-text.js';
import { nothingYet } from './nothing.js';
import { draw, LINE, WIDTH, type Picture } from './picture.js';
import { shapeKey, type Shape } from './shape-key.js';
import { writtenIn } from './written.js';

export interface ControlChart extends Picture {
  /** What the heights are, such as "Cases each month" or "Acknowledged in time". */
  readonly unit: string;
  /** `count` for XmR; `share` for p′, whose values are from 0 to 1. */
  readonly kind: 'count' | 'share';
  /** Of `xmrChart` or `laneyChart`. */
  readonly points: readonly ControlPoint[];
  readonly labels: {
    /** Such as "Mean", "Upper limit" and "Lower limit"; their last value is written under them. */
    readonly centre: string;
    readonly upper: string;
    readonly lower: string;
    /** Such as "Baseline". */
    readonly baseline: string;
    /** Such as "Outside the limits". */
    readonly signals: Readonly<Record<Rule, string>>;
  };
}

const INSIDE = 220;
const NAMES = 84;
const PLAIN = { symbol: 'circle', fill: PAPER, stroke: INK, r: 3 } as const;
/** A month that breaks several rules is drawn as the first of them. */
const LOOKS = {
  outside: { symbol: 'diamond', fill: ORANGE, stroke: INK, r: 6 },
  same_side: { symbol: 'square', fill: BLUE, stroke: BLUE, r: 4 },
  trend: { symbol: 'triangle', fill: TEAL, stroke: TEAL, r: 5 },
  near_limit: { symbol: 'star', fill: INK, stroke: INK, r: 5 },
} as const satisfies Record<Rule, Omit<Shape, 'label'>>;

/**
 * A control chart: months, the centre and limits of each phase, which months the limits were drawn from, and the months
 * that are no chance, told by shape and colour and named below.
 *
 * A lower limit under 0, or one of a share at 0, is left out, as nothing can fall below it.
 */
export function controlChart(chart: ControlChart): string {
  const { points, labels } = chart;
  const values = points.flatMap(({ value }) => (value === null ? [] : [value]));
  if (values.length === 0) return nothingYet(chart);
  const { count, share, month } = writtenIn(chart.language);
  const say = chart.kind === 'share' ? share : count;
  const limits = points.flatMap((one) => (one.limits ? [one.limits] : []));
  const lows = limits.map(({ lower }) => Math.max(0, lower));
  // Counts are seen from 0; of shares only what moves, or a hundred per cent would flatten all of it.
  const low = Math.min(chart.kind === 'count' ? 0 : 1, ...values, ...lows);
  const high = Math.max(0, ...values, ...limits.map(({ upper }) => upper));
  const heights = roundTicks(low, high, chart.kind === 'count').filter((tick) => chart.kind === 'count' || tick <= 1);
  const domain: readonly [number, number] = [heights[0] ?? 0, Math.max(high, heights.at(-1) ?? 1)];
  const unit = linesOf(chart.unit, WIDTH);
  const ends = endsOf(limits.at(-1), labels, chart.kind === 'share' ? share : (at) => count(Math.round(at * 10) / 10));
  const names = ends.length === 0 ? 12 : Math.max(...ends.flatMap(({ lines }) => lines.map(widthOf)));
  const left = 8 + Math.max(...heights.map((one) => widthOf(say(one))));
  const over = points.some(({ baseline }) => baseline) ? LINE + 10 : 0;
  const top = unit.length * LINE + ABOVE + 4 + over;
  const frame: Frame = { left, right: WIDTH - names - NAME_AFTER_END, top, bottom: top + INSIDE };
  const key = shapeKey(keyOf(points, labels), frame, 2 * LINE + 18);
  const last = points.length - 1;
  const ticks = monthTicks(points.length, Math.max(2, Math.floor((frame.right - left) / 48)));
  return draw(chart, {
    ...scaled(frame, frame.bottom + 2 * LINE + 18 + key.height, last === 0 ? [-1, 1] : [0, last], domain),
    marks: [
      ...upright({ at: heights, say }, unit, frame, ABOVE + over),
      along({ at: ticks, say: (at) => month(points[at]?.month ?? '') }),
      ...baselineMarks(points, labels.baseline, frame, domain),
      ...limitLines(points, domain),
      ...monthMarks(points),
      ...endNames(
        ends.map(({ at, lines }) => ({ y: placeIn(at, domain, frame.bottom, frame.top), lines })),
        frame,
      ),
      ...key.marks,
    ],
  });
}

interface End {
  readonly at: number;
  readonly lines: readonly string[];
}

function endsOf(limits: Limits | undefined, labels: ControlChart['labels'], say: (value: number) => string): End[] {
  if (!limits) return [];
  const end = (at: number, label: string): End => ({ at, lines: [...linesOf(label, NAMES), say(at)] });
  return [
    end(limits.upper, labels.upper),
    end(limits.centre, labels.centre),
    ...(limits.lower > 0 ? [end(limits.lower, labels.lower)] : []),
  ];
}

/* Each phase by itself: no line leads from the limits of one to those of the next. */
function limitLines(points: readonly ControlPoint[], [low, high]: readonly [number, number]): Markish[] {
  const placed = points.map((point, x) => ({ ...point, x }));
  const across = (of: (limits: Limits) => number, strokeDasharray?: string): Markish =>
    line(placed, {
      x: 'x',
      y: ({ limits }: ControlPoint) => {
        const at = limits ? of(limits) : Number.NaN;
        return at >= low && at <= high ? at : Number.NaN;
      },
      z: 'phase',
      curve: 'step',
      stroke: INK,
      strokeWidth: 1.5,
      ...(strokeDasharray !== undefined && { strokeDasharray }),
    });
  return [
    across(({ centre }) => centre),
    across(({ upper }) => upper, '7 3'),
    across(({ lower }) => (lower > 0 ? lower : Number.NaN), '7 3'),
  ];
}

function monthMarks(points: readonly ControlPoint[]): Markish[] {
  const placed = points.map(({ value, signals }, x) => ({ x, y: value ?? Number.NaN, rule: signals[0] }));
  const at = { x: 'x', y: 'y' };
  return [
    line(placed, { ...at, stroke: QUIET, strokeWidth: 1.5 }),
    dot(
      placed.filter(({ rule }) => rule === undefined),
      { ...at, ...PLAIN },
    ),
    ...(Object.keys(LOOKS) as Rule[]).reverse().map((rule) =>
      dot(
        placed.filter((one) => one.rule === rule),
        { ...at, ...LOOKS[rule] },
      ),
    ),
  ];
}

function keyOf(points: readonly ControlPoint[], labels: ControlChart['labels']): Shape[] {
  const drawn = new Set(points.map(({ signals }) => signals[0]));
  return (Object.keys(LOOKS) as Rule[])
    .filter((rule) => drawn.has(rule))
    .map((rule) => ({ ...LOOKS[rule], label: labels.signals[rule] }));
}

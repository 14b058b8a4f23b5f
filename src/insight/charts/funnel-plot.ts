import { dot, line, ruleY, text, type Markish } from '@observablehq/plot';
import {
  funnelOf,
  type Funnel,
  type FunnelGroup,
  type FunnelLimits,
  type FunnelOptions,
} from '../control/funnel-limits.js';
import { ABOVE, along, roundTicks, upright } from './axes.js';
import { BLUE, INK, ORANGE, PAPER, QUIET } from './colours.js';
import { endNames, NAME_AFTER_END } from './end-names.js';
import { placeIn, scaled, type Frame } from './frame.js';
import { linesOf, widthOf } from './lines-of-text.js';
import { nothingYet } from './nothing.js';
import { draw, LINE, TEXT, WIDTH, type Picture } from './picture.js';
import { shapeKey, type Shape } from './shape-key.js';
import { writtenIn } from './written.js';

export interface FunnelPlot extends Picture, FunnelOptions {
  /** What the heights are, such as "Acknowledged late". */
  readonly unit: string;
  /** What stands along the bottom, such as "Cases closed in the year". */
  readonly casesUnit: string;
  /** Those compared, without the own; whoever has a suppressed number is not among them. */
  readonly others: readonly FunnelGroup[];
  /** The agency whose page it is, named in the key. */
  readonly own?: FunnelGroup & { readonly name: string };
  readonly labels: {
    /** Such as "All". */
    readonly centre: string;
    /** Such as "95%" and "99.8%". */
    readonly limits95: string;
    readonly limits998: string;
    /** Such as "An agency" and "An agency outside the 99.8% limits". */
    readonly other: string;
    readonly outside: string;
  };
}

const INSIDE = 240;
const CURVE = 36;
const LOOKS = {
  other: { symbol: 'circle', fill: PAPER, stroke: QUIET, r: 4 },
  outside: { symbol: 'triangle', fill: ORANGE, stroke: INK, r: 5 },
  own: { symbol: 'diamond', fill: BLUE, stroke: INK, r: 7 },
} as const;

/**
 * Agencies compared as a funnel plot: where a share lies beside what chance makes of as many cases, and no order of the
 * agencies (Spiegelhalter 2005; limits as `funnelOf` reckons them).
 *
 * @throws RangeError when a share has more of a count than cases, or fewer than one case
 */
export function funnelPlot(chart: FunnelPlot): string {
  const { own, others, labels } = chart;
  const compared = own ? [...others, own] : others;
  if (compared.length === 0) return nothingYet(chart);
  const funnel = funnelOf(compared, chart);
  const { count, share } = writtenIn(chart.language);
  const cases = roundTicks(0, Math.max(...compared.map((one) => one.cases)), true);
  const most = cases.at(-1) ?? 1;
  const heights = heightsOf(compared, funnel, most);
  const domain: readonly [number, number] = [heights[0] ?? 0, heights.at(-1) ?? 1];
  const unit = linesOf(chart.unit, WIDTH);
  const casesUnit = linesOf(chart.casesUnit, WIDTH);
  const top = unit.length * LINE + ABOVE + 4;
  const ends = endsOf(funnel.limitsAt(most), funnel.centre, labels, share(funnel.centre));
  const names = Math.max(...ends.flatMap(({ lines }) => lines.map(widthOf)));
  const left = 8 + Math.max(...heights.map((one) => widthOf(share(one))));
  const frame: Frame = { left, right: WIDTH - names - NAME_AFTER_END, top, bottom: top + INSIDE };
  const key = shapeKey(keyOf(chart, funnel), frame, LINE + 22 + casesUnit.length * LINE);
  const inside = ends.filter(({ at }) => at >= domain[0] && at <= domain[1]);
  return draw(chart, {
    ...scaled(frame, frame.bottom + LINE + 22 + casesUnit.length * LINE + key.height, [0, most], domain),
    marks: [
      ...upright({ at: heights, say: share }, unit, frame),
      along({ at: cases, say: count }),
      underAxis(casesUnit),
      ...curves(funnel, most, domain),
      ...dots(chart, funnel),
      ...endNames(
        inside.map(({ at, lines }) => ({ y: placeIn(at, domain, frame.bottom, frame.top), lines })),
        frame,
      ),
      ...key.marks,
    ],
  });
}

/* Wide enough for every agency and for the inner limits of all but the smallest. */
function heightsOf(compared: readonly FunnelGroup[], funnel: Funnel, most: number): number[] {
  const shares = compared.map((one) => one.count / one.cases);
  const near = funnel.limitsAt(Math.max(1, most / 12));
  const low = Math.max(0, Math.min(...shares, near.low95));
  const high = Math.min(1, Math.max(...shares, near.high95, funnel.centre + 0.01));
  return roundTicks(low, high, false).filter((tick) => tick >= 0 && tick <= 1);
}

interface End {
  readonly at: number;
  readonly lines: readonly string[];
}

function endsOf(limits: FunnelLimits, centre: number, labels: FunnelPlot['labels'], said: string): End[] {
  const name = (at: number, label: string): End => ({ at, lines: linesOf(label, 70) });
  return [
    name(limits.high998, labels.limits998),
    name(limits.high95, labels.limits95),
    { at: centre, lines: [...linesOf(labels.centre, 70), said] },
    name(limits.low95, labels.limits95),
    name(limits.low998, labels.limits998),
  ];
}

function curves(funnel: Funnel, most: number, [low, high]: readonly [number, number]): Markish[] {
  const at = Array.from({ length: CURVE }, (_, place) => Math.max(1, Math.round(most * ((place + 1) / CURVE) ** 2)));
  const found = [...new Set(at)].map((cases) => ({ cases, ...funnel.limitsAt(cases) }));
  const curve = (which: keyof FunnelLimits, dash: string): Markish =>
    line(found, {
      x: 'cases',
      y: (one: FunnelLimits) => (one[which] >= low && one[which] <= high ? one[which] : Number.NaN),
      stroke: INK,
      strokeWidth: 1.5,
      strokeDasharray: dash,
    });
  return [
    curve('low998', '8 3'),
    curve('high998', '8 3'),
    curve('low95', '2 3'),
    curve('high95', '2 3'),
    ruleY([funnel.centre], { stroke: INK, strokeWidth: 1.5 }),
  ];
}

function isOutside(funnel: Funnel, group: FunnelGroup): boolean {
  return funnel.placeOf(group) === 'outside_998';
}

/* The own agency on top; it is named below, as its name over the plot would cover others. */
function dots({ others, own }: FunnelPlot, funnel: Funnel): Markish[] {
  const at = { x: 'cases', y: ({ count, cases }: FunnelGroup) => count / cases };
  const outside = others.filter((one) => isOutside(funnel, one));
  const inside = others.filter((one) => !isOutside(funnel, one));
  return [
    dot(inside, { ...at, ...LOOKS.other }),
    dot(outside, { ...at, ...LOOKS.outside }),
    dot(own ? [own] : [], { ...at, ...LOOKS.own }),
  ];
}

function underAxis(lines: readonly string[]): Markish {
  return text([lines.join('\n')], {
    frameAnchor: 'bottom-right',
    text: (one: string) => one,
    dy: LINE + 12,
    lineAnchor: 'top',
    textAnchor: 'end',
    lineHeight: LINE / TEXT,
    fontSize: TEXT,
    fill: QUIET,
  });
}

function keyOf({ labels, others, own }: FunnelPlot, funnel: Funnel): Shape[] {
  const outside = others.some((one) => isOutside(funnel, one));
  return [
    ...(own ? [{ ...LOOKS.own, label: own.name }] : []),
    ...(others.length > 0 ? [{ ...LOOKS.other, label: labels.other }] : []),
    ...(outside ? [{ ...LOOKS.outside, label: labels.outside }] : []),
  ];
}

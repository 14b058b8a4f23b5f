import { axisX, axisY, gridY, ruleY, text, type Markish } from '@observablehq/plot';
import type { Frame } from './frame.js';
import { FAINT, INK, QUIET } from './colours.js';
import { LINE, TEXT } from './picture.js';

/** Where an axis has its ticks, and how each is written. */
export interface Ticks {
  readonly at: readonly number[];
  readonly say: (value: number) => string;
}

/** From the frame's top up to the words over it, so that they are clear of the topmost number. */
export const ABOVE = 16;

const STEPS = [1, 2, 2.5, 5, 10];

/** Values nearer to each other than this part of themselves are one: ticks between them could not be written apart. */
const ALIKE = 1e-9;

/**
 * Round numbers from about `low` to about `high`, the ends included, few enough for a phone.
 *
 * @param whole whether nothing between whole numbers is to be named, as of cases
 * @returns three to six of them, in order
 */
export function roundTicks(low: number, high: number, whole: boolean): number[] {
  const span = high - low > ALIKE * Math.max(Math.abs(low), Math.abs(high)) ? high - low : 1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const found = STEPS.map((step) => step * power).find((step) => span / step <= 5) ?? span;
  const step = whole ? Math.max(1, Math.ceil(found)) : found;
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

/** The upright axis: faint lines across, numbers left of them, and what they are from the left edge on above the frame. */
export function upright({ at, say }: Ticks, unit: readonly string[], { left }: Frame, above = ABOVE): Markish[] {
  return [
    gridY(at, { stroke: FAINT, strokeOpacity: 1 }),
    axisY(at, { tickFormat: say, label: null, fontSize: TEXT, fill: INK, stroke: QUIET, tickSize: 0, tickPadding: 6 }),
    ruleY([Math.max(0, at[0] ?? 0)], { stroke: QUIET }),
    text([unit.join('\n')], {
      frameAnchor: 'top-left',
      text: (one: string) => one,
      dx: -left,
      dy: -above,
      lineAnchor: 'bottom',
      textAnchor: 'start',
      lineHeight: LINE / TEXT,
      fontSize: TEXT,
      fill: QUIET,
    }),
  ];
}

/** The axis along the bottom. */
export function along({ at, say }: Ticks): Markish {
  return axisX(at, {
    tickFormat: say,
    label: null,
    fontSize: TEXT,
    fill: INK,
    stroke: QUIET,
    tickSize: 5,
    tickPadding: 4,
    lineHeight: LINE / TEXT,
  });
}

/** Places of months to be written: the last, and back from it as far apart as there is room for. */
export function monthTicks(months: number, most: number): number[] {
  const step = [1, 2, 3, 4, 6, 12, 24].find((one) => months / one <= most) ?? Math.ceil(months / most);
  return Array.from({ length: Math.ceil(months / step) }, (_, at) => months - 1 - at * step).reverse();
}

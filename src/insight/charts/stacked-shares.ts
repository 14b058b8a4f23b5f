import type { Markish } from '@observablehq/plot';
import { INK, TEAL } from './colours.js';
import { linesOf, widthOf } from './lines-of-text.js';
import { nothingYet } from './nothing.js';
import { FILLINGS, fillOf, type Filling } from './patterns.js';
import { draw, LINE, WIDTH, type Picture } from './picture.js';
import { BY_HAND, box, words } from './placed.js';
import { writtenIn } from './written.js';

interface Whole {
  /** Such as "Acknowledged". */
  readonly label: string;
  /** One for each of the parts; null where suppressed. */
  readonly counts: readonly (number | null)[];
}

export interface StackedShares extends Picture {
  /** Names of the parts, five at most, such as "in time", "late", "still open". */
  readonly parts: readonly string[];
  readonly wholes: readonly Whole[];
  /** Written beside a part that is suppressed, such as "<6"; the whole has no bar then. */
  readonly suppressed: string;
}

const BAR = 20;
const GAP = 14;
const SWATCH = 12;

/**
 * Wholes and their parts: each a bar of full width, with the share of every part written under it behind a sample of its
 * filling, where no part is too narrow for its number.
 *
 * A whole with a suppressed part has no bar, as the others' lengths would tell it. Counts below 0, which noise makes, are
 * drawn as none.
 *
 * @throws RangeError when there are more than five parts, which nobody tells apart
 */
export function stackedShares(chart: StackedShares): string {
  if (chart.parts.length > FILLINGS.length) throw new RangeError('A whole has five parts at most.');
  if (chart.wholes.length === 0 || chart.parts.length === 0) return nothingYet(chart);
  const marks: Markish[] = [];
  let y = keyOf(chart, marks);
  for (const { label, counts } of chart.wholes) {
    const lines = linesOf(label, WIDTH);
    marks.push(words(lines, 0, y + LINE / 2, { bold: true }));
    y += lines.length * LINE + 2;
    y = wholeOf(chart, counts, y, marks) + GAP;
  }
  return draw(chart, { ...BY_HAND, height: y - GAP + 2, marks });
}

function swatch(chart: Picture, at: number, x: number, y: number): Markish {
  return box({ x, y: y - SWATCH / 2, width: SWATCH, height: SWATCH }, fillOf(chart.id, fillingAt(at)), TEAL);
}

function fillingAt(at: number): Filling {
  return FILLINGS[at] ?? 'empty';
}

/* What each filling stands for, as many in a line as there is room for. */
function keyOf(chart: StackedShares, marks: Markish[]): number {
  let x = 1;
  let y = LINE / 2;
  chart.parts.forEach((part, at) => {
    const lines = linesOf(part, WIDTH - SWATCH - 8);
    const width = SWATCH + 6 + Math.max(...lines.map(widthOf));
    if (x > 1 && x + width > WIDTH) {
      x = 1;
      y += LINE + 2;
    }
    marks.push(swatch(chart, at, x, y), words(lines, x + SWATCH + 6, y));
    x += width + 14;
    y += (lines.length - 1) * LINE;
  });
  return y + LINE / 2 + GAP;
}

function wholeOf(
  chart: StackedShares,
  counts: StackedShares['wholes'][number]['counts'],
  y: number,
  marks: Markish[],
): number {
  const known = counts.map((count) => Math.max(0, count ?? 0));
  const total = known.reduce((sum, count) => sum + count, 0);
  const hidden = chart.parts.some((_, at) => (counts[at] ?? null) === null);
  if (total === 0 && !hidden) {
    const lines = linesOf(chart.nothing, WIDTH);
    marks.push(words(lines, 0, y + LINE / 2));
    return y + lines.length * LINE;
  }
  if (!hidden) {
    let x = 1;
    known.forEach((count, at) => {
      const width = (count / total) * (WIDTH - 2);
      if (width > 0) marks.push(box({ x, y: y + 1, width, height: BAR }, fillOf(chart.id, fillingAt(at)), TEAL));
      x += width;
    });
    y += BAR + 4;
  }
  const { share, count } = writtenIn(chart.language);
  let x = 1;
  chart.parts.forEach((_, at) => {
    const value = counts[at] ?? null;
    const said = value === null ? chart.suppressed : hidden ? count(value) : share((known[at] ?? 0) / total);
    marks.push(swatch(chart, at, x, y + LINE / 2), words([said], x + SWATCH + 4, y + LINE / 2, { fill: INK }));
    x += (WIDTH - 2) / chart.parts.length;
  });
  return y + LINE;
}

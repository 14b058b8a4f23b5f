import type { Markish } from '@observablehq/plot';
import { INK, QUIET, TEAL } from './colours.js';
import { linesOf, widthOf } from './lines-of-text.js';
import { nothingYet } from './nothing.js';
import { draw, LINE, WIDTH, type Picture } from './picture.js';
import { BY_HAND, box, words } from './placed.js';
import { writtenIn } from './written.js';

interface Bar {
  readonly label: string;
  /** Null where the cell is suppressed. A noised one may be below 0: it is written as it is and has no bar. */
  readonly value: number | null;
}

export interface BarChart extends Picture {
  /** What is counted, such as "Cases in the year to June 2026". */
  readonly unit: string;
  /** In the order in which they are drawn. */
  readonly bars: readonly Bar[];
  /** Written in place of a suppressed value, such as "<6". */
  readonly suppressed: string;
}

const BAR = 16;
const GAP = 12;

/**
 * Bars by category, each under its name and with its value beside it, so that no name is cut and no axis is read.
 *
 * A suppressed cell says so and has no bar: one of any length would tell more than its words. Where it stands among the
 * others tells something too, so that the caller does not sort by what is suppressed.
 */
export function barChart(chart: BarChart): string {
  if (chart.bars.length === 0) return nothingYet(chart);
  const { count } = writtenIn(chart.language);
  const said = chart.bars.map(({ value }) => (value === null ? chart.suppressed : count(value)));
  const most = Math.max(0, ...chart.bars.map(({ value }) => value ?? 0));
  const room = WIDTH - 8 - Math.max(...said.map(widthOf));
  const marks: Markish[] = [];
  let y = 0;
  const write = (text: string, fill: string): void => {
    const lines = linesOf(text, WIDTH);
    marks.push(words(lines, 0, y + LINE / 2, { fill }));
    y += lines.length * LINE;
  };
  write(chart.unit, QUIET);
  chart.bars.forEach(({ label, value }, at) => {
    y += at === 0 ? 8 : GAP;
    write(label, INK);
    const width = most > 0 && value !== null ? Math.max(0, (value / most) * room) : 0;
    if (width > 0) marks.push(box({ x: 0, y: y + 2, width, height: BAR }, TEAL));
    marks.push(words([said[at] ?? ''], width > 0 ? width + 7 : 0, y + 2 + BAR / 2, { bold: true }));
    y += BAR + 4;
  });
  return draw(chart, { ...BY_HAND, height: y + 2, marks });
}

import type { Markish } from '@observablehq/plot';
import { INK, PAPER, QUIET } from './colours.js';
import { linesOf, widthOf } from './lines-of-text.js';
import { nothingYet } from './nothing.js';
import { draw, LINE, WIDTH, type Picture } from './picture.js';
import { boxes, BY_HAND, inBoxes, stroke, words, type Box } from './placed.js';
import { writtenIn } from './written.js';

interface Flow {
  readonly from: string;
  readonly to: string;
  /** Null where suppressed. */
  readonly value: number | null;
}

export interface FlowMatrix extends Picture {
  /** What is counted, such as "Cases handed on in the year". */
  readonly unit: string;
  /** Names of agencies as they are to be read, no two the same. */
  readonly flows: readonly Flow[];
  /** Written in a suppressed cell, such as "<6". */
  readonly suppressed: string;
  readonly labels: {
    /** Such as "From" and "To". */
    readonly from: string;
    readonly to: string;
  };
  /** How many agencies are drawn, two to six. @default 6 */
  readonly most?: number;
}

const SIDE = 50;
const HEAD = 34;
/** Paper to dark, each with the colour that its number is read in (at least 7:1). */
const SHADES = [
  { fill: PAPER, ink: INK },
  { fill: '#dbe9ee', ink: INK },
  { fill: '#9fc3d0', ink: INK },
  { fill: '#2f6473', ink: PAPER },
  { fill: '#14424f', ink: PAPER },
] as const;

/**
 * Who hands on to whom, as a square of numbers that are darker the more there are. Rows and columns are numbered and their
 * names stand below, as no phone has room for names over columns.
 *
 * Only the agencies with the most cases handed on or taken over are drawn, in the order of the alphabet, so that it is no
 * ranking. A suppressed cell has its words and no shade, and counts for nothing in that choice. From an agency to itself is
 * no hand-off and is struck out.
 *
 * @throws RangeError when `most` is below two or above six
 */
export function flowMatrix(chart: FlowMatrix): string {
  const { flows, most = 6, labels } = chart;
  if (most < 2 || most > 6) throw new RangeError('Two to six agencies have room.');
  const names = busiest(flows, most, chart.language);
  if (names.length === 0) return nothingYet(chart);
  const marks: Markish[] = [];
  const unit = linesOf(chart.unit, WIDTH);
  marks.push(words(unit, 0, LINE / 2, { fill: QUIET }));
  let y = unit.length * LINE + 8;
  const down = `${labels.from} ↓`;
  marks.push(words([down], 0, y + LINE / 2, { bold: true }));
  marks.push(words([`${labels.to} →`], Math.max(HEAD, widthOf(down) + 20), y + LINE / 2, { bold: true }));
  y += LINE;
  names.forEach((_, at) => {
    const place = HEAD + (at + 0.5) * SIDE;
    marks.push(words([(at + 1).toString()], place, y + LINE / 2, { anchor: 'middle', bold: true }));
  });
  y += LINE + 2;
  const shown = flows.filter(({ from, to }) => names.includes(from) && names.includes(to) && from !== to);
  names.forEach((_, row) => {
    marks.push(words([(row + 1).toString()], HEAD - 10, y + (row + 0.5) * SIDE, { anchor: 'end', bold: true }));
  });
  marks.push(...cellsOf(chart, shown, names, y));
  y += names.length * SIDE + 12;
  names.forEach((name, at) => {
    const lines = linesOf(name, WIDTH - HEAD);
    marks.push(words([(at + 1).toString()], HEAD - 10, y + LINE / 2, { anchor: 'end', bold: true }));
    marks.push(words(lines, HEAD, y + LINE / 2));
    y += lines.length * LINE + 3;
  });
  return draw(chart, { ...BY_HAND, height: y + 2, marks });
}

interface Cell extends Box {
  readonly said: string;
  readonly shade: (typeof SHADES)[number];
}

/* All of a shade in one mark, which is drawn much sooner than one for each cell. */
function cellsOf(chart: FlowMatrix, shown: readonly Flow[], names: readonly string[], top: number): Markish[] {
  const { count } = writtenIn(chart.language);
  const highest = Math.max(1, ...shown.map(({ value }) => value ?? 0));
  const square = (row: number, column: number): Box => {
    return { x: HEAD + column * SIDE, y: top + row * SIDE, width: SIDE, height: SIDE };
  };
  const cells = names.flatMap((from, row) =>
    names.flatMap((to, column): Cell[] => {
      if (from === to) return [];
      const flow = shown.find((one) => one.from === from && one.to === to) ?? { value: 0 };
      if (flow.value === null) return [{ ...square(row, column), said: chart.suppressed, shade: SHADES[0] }];
      const shade = SHADES[Math.ceil((Math.max(0, flow.value) / highest) * (SHADES.length - 1))] ?? SHADES[0];
      return [{ ...square(row, column), said: count(flow.value), shade }];
    }),
  );
  const itself = names.map((_, at) => square(at, at));
  return [
    ...itself.map(({ x, y }) => stroke([x, y + SIDE], [x + SIDE, y])),
    boxes(itself, 'none', QUIET),
    ...SHADES.flatMap((shade) => {
      const same = cells.filter((one) => one.shade === shade);
      return [boxes(same, shade.fill, QUIET), inBoxes(same, shade.ink)];
    }),
  ];
}

function busiest(flows: readonly Flow[], most: number, language: string): string[] {
  const totals = new Map<string, number>();
  for (const { from, to, value } of flows) {
    for (const name of [from, to]) totals.set(name, (totals.get(name) ?? 0) + (value ?? 0));
  }
  const { compare } = new Intl.Collator([`${language}-NZ`, 'en-NZ']);
  return [...totals]
    .sort(([a, many], [b, more]) => more - many || compare(a, b))
    .slice(0, most)
    .map(([name]) => name)
    .sort(compare);
}

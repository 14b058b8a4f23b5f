import { barChart } from '../charts/bar-chart.js';
import type { Cube } from '../cubes/cube.js';
import { share } from '../cubes/published.js';
import type { FigureWords } from './figure-words.js';
import { drawn, type Panel } from './panel.js';

/** Bars of one picture; the table has all of them. */
const MOST_BARS = 12;

interface CodePanel {
  readonly id: string;
  readonly cube: Cube;
  /** Every code that is declared for it, in their order. */
  readonly codes: readonly string[];
  /** Key of the codes' words. */
  readonly named: string;
  /** Whether the most frequent comes first; else they stay in their order, which means something. */
  readonly sorted?: boolean;
}

/** How many complaints there are of each code in a year: bars, and a table with shares. */
export function codePanel(words: FigureWords, { id, cube, codes, named, sorted = false }: CodePanel): Panel {
  const all = cube.count();
  const counted = codes.map((code) => ({ name: words.code(named, code), count: cube.count({ codes: [code] }) }));
  const ordered = sorted ? [...counted].sort((a, b) => (drawn(b.count) ?? 0) - (drawn(a.count) ?? 0)) : counted;
  const title = words.say(`panels.${id}.title`);
  const what = words.say(`panels.${id}.what`);
  return {
    ...{ id, title, what },
    draw: () =>
      barChart({
        ...words.picture(id, title, words.say('seeTable')),
        unit: words.say('inTheYear'),
        bars: ordered.slice(0, MOST_BARS).map(({ name, count }) => ({ label: name, value: drawn(count) })),
        suppressed: '<6',
      }),
    columns: [words.say('columns.what'), words.say('columns.complaints'), words.say('columns.share')],
    rows: [
      ...ordered.map(({ name, count }) => [name, count, { share: share(count, all) }]),
      [words.say('columns.all'), all, ''],
    ],
  };
}

import { flowMatrix } from '../charts/flow-matrix.js';
import { ASKED, CAME_BACK, HAND_OFFS } from '../cubes/cubes.js';
import type { Published } from '../cubes/published.js';
import { codePanel } from './code-panel.js';
import type { FigureWords } from './figure-words.js';
import { drawn, type Panel } from './panel.js';
import type { FiguresPage } from './question.js';

type Reader = Parameters<FiguresPage>[0];

/** Rows of the table of who hands on to whom. */
const MOST_ROWS = 50;

const HIDDEN: Published = { kind: 'under', below: 6 };

/** Where people are sent round: how often a complaint changes hands, comes back, and is taken by whoever is asked. */
export const handOffs: FiguresPage = async (reader, question, words) => {
  const { agency, until, year } = question;
  const at = { agency, until, months: year, together: 'months' } as const;
  const times = await reader.cube({ ...at, cube: 'hand_offs' });
  const back = await reader.cube({ ...at, cube: 'came_back' });
  const asked = await reader.cube({ ...at, cube: 'asked' });
  return [
    codePanel(words, { id: 'hand_offs', cube: times, codes: HAND_OFFS, named: 'hand_offs' }),
    codePanel(words, { id: 'came_back', cube: back, codes: CAME_BACK, named: 'came_back' }),
    codePanel(words, { id: 'asked', cube: asked, codes: ASKED, named: 'asked' }),
    await roundPanel(reader, question, words),
  ];
};

/* The merry-go-round. Of one agency: to whom it hands on. */
async function roundPanel(
  reader: Reader,
  { agency, until, year, ofEach }: Parameters<FiguresPage>[1],
  words: FigureWords,
): Promise<Panel> {
  const asked = { cube: 'handed_on', until, months: year, together: 'months' } as const;
  const all =
    agency === '*' && ofEach
      ? await reader.ofEach(asked)
      : new Map([[agency, await reader.cube({ ...asked, agency })]]);
  // Which pairs are there at all would tell of a single complaint: only those whose count is shown are listed, and between
  // the agencies of these every pair is drawn.
  const shown = [...all]
    .flatMap(([from, cube]) => cube.codes().map((to) => ({ from, to, count: cube.count({ codes: [to] }) })))
    .filter(({ count }) => count.kind === 'count')
    .sort((a, b) => (drawn(b.count) ?? 0) - (drawn(a.count) ?? 0) || (a.from + a.to < b.from + b.to ? -1 : 1));
  const ids = [...new Set(shown.flatMap(({ from, to }) => [from, to]))];
  const counts = new Map(shown.map(({ from, to, count }) => [`${from} ${to}`, count]));
  const countOf = (from: string, to: string): number | null => drawn(counts.get(`${from} ${to}`) ?? HIDDEN);
  const flows = ids.flatMap((from) =>
    ids.filter((to) => to !== from).map((to) => ({ from, to, value: countOf(from, to) })),
  );
  const title = words.say('panels.round.title');
  return {
    id: 'round',
    title,
    what: words.say('panels.round.what'),
    draw: () =>
      flowMatrix({
        ...words.picture('round', title, words.say('seeTable')),
        unit: words.say('inTheYear'),
        flows: flows.map(({ from, to, value }) => ({ from: words.agency(from), to: words.agency(to), value })),
        suppressed: '<6',
        labels: { from: words.say('columns.from'), to: words.say('columns.to') },
      }),
    columns: [words.say('columns.from'), words.say('columns.to'), words.say('columns.complaints')],
    rows: shown.slice(0, MOST_ROWS).map(({ from, to, count }) => [words.agency(from), words.agency(to), count]),
  };
}

import { flowMatrix } from '../charts/flow-matrix.js';
import { ASKED, CAME_BACK, HAND_OFFS } from '../cubes/cubes.js';
import { codePanel } from './code-panel.js';
import type { FigureWords } from './figure-words.js';
import { drawn, type Panel } from './panel.js';
import type { FiguresPage } from './question.js';

type Reader = Parameters<FiguresPage>[0];

/** Rows of the table of who hands on to whom. */
const MOST_ROWS = 50;

/** Where people are sent round: how often a complaint changes hands, comes back, and is taken by whoever is asked. */
export const handOffs: FiguresPage = async (reader, question, words) => {
  const { agency, until, year } = question;
  const at = { agency, until, months: year } as const;
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
  const asked = { cube: 'handed_on', until, months: year } as const;
  const all =
    agency === '*' && ofEach
      ? await reader.ofEach(asked)
      : new Map([[agency, await reader.cube({ ...asked, agency })]]);
  const flows = [...all]
    .flatMap(([from, cube]) => cube.codes().map((to) => ({ from, to, count: cube.count({ codes: [to] }) })))
    .sort((a, b) => (drawn(b.count) ?? 0) - (drawn(a.count) ?? 0) || (a.from + a.to < b.from + b.to ? -1 : 1));
  const title = words.say('panels.round.title');
  return {
    id: 'round',
    title,
    what: words.say('panels.round.what'),
    svg: flowMatrix({
      ...words.picture('round', title, words.say('seeTable')),
      unit: words.say('inTheYear'),
      flows: flows.map(({ from, to, count }) => ({
        from: words.agency(from),
        to: words.agency(to),
        value: drawn(count),
      })),
      suppressed: '<6',
      labels: { from: words.say('columns.from'), to: words.say('columns.to') },
    }),
    columns: [words.say('columns.from'), words.say('columns.to'), words.say('columns.complaints')],
    rows: flows.slice(0, MOST_ROWS).map(({ from, to, count }) => [words.agency(from), words.agency(to), count]),
  };
}

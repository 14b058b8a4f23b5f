import { funnelPlot } from '../charts/funnel-plot.js';
import { funnelOf, type FunnelGroup } from '../control/funnel-limits.js';
import type { Cube } from '../cubes/cube.js';
import type { CubeName } from '../cubes/cubes.js';
import { share } from '../cubes/published.js';
import type { FigureWords } from './figure-words.js';
import { drawn, type Panel } from './panel.js';
import type { FiguresPage, Question } from './question.js';

type Reader = Parameters<FiguresPage>[0];

interface Compared {
  readonly id: string;
  readonly cube: CubeName;
  /** The codes that are a share of all. */
  readonly codes: readonly string[];
}

/** What agencies are compared in. Each is better the more it is, but for the last two. */
const COMPARED: readonly Compared[] = [
  { id: 'by_acknowledged', cube: 'acknowledged', codes: ['0-5'] },
  { id: 'by_answered', cube: 'answered', codes: ['in_time'] },
  { id: 'by_handed_on', cube: 'hand_offs', codes: ['1', '2', '3-or-more'] },
  { id: 'by_came_back', cube: 'came_back', codes: ['yes'] },
];

/**
 * Agencies beside each other, each with as much chance as it has complaints: which lie outside what chance makes, and no order
 * of merit. Whoever sees their own agency alone sees it beside all together.
 */
export const agencies: FiguresPage = async (reader, question, words) => {
  const panels: Panel[] = [];
  for (const compared of COMPARED) panels.push(await comparedPanel(reader, question, words, compared));
  return panels;
};

async function comparedPanel(
  reader: Reader,
  question: Question,
  words: FigureWords,
  compared: Compared,
): Promise<Panel> {
  const found = await readEach(reader, question, compared.cube);
  const groups = [...found]
    .flatMap(([id, cube]) => groupOf(id, cube, compared.codes))
    .sort((a, b) => b.cases - a.cases || (a.id < b.id ? -1 : 1));
  const funnel = groups.length > 0 ? funnelOf(groups) : null;
  const title = words.say(`panels.${compared.id}.title`);
  const own = groups.find(({ id }) => id === (question.agency === '*' ? question.ownAgency : question.agency));
  return {
    id: compared.id,
    title,
    what: words.say(`panels.${compared.id}.what`),
    svg: funnelPlot({
      ...words.picture(compared.id, title, words.say('funnel.how')),
      unit: words.say(`panels.${compared.id}.unit`),
      casesUnit: words.say('inTheYear'),
      others: groups.filter((group) => group !== own),
      ...(own ? { own: { ...own, name: words.agency(own.id) } } : {}),
      labels: {
        centre: words.say('funnel.centre'),
        limits95: '95%',
        limits998: '99.8%',
        other: words.say('funnel.other'),
        outside: words.say('funnel.outside'),
      },
    }),
    columns: [
      words.say('columns.agency'),
      words.say('columns.complaints'),
      words.say(`panels.${compared.id}.unit`),
      words.say('columns.place'),
    ],
    rows: groups.map((group) => [
      group.id === '*' ? words.say('columns.all') : words.agency(group.id),
      { kind: 'count', count: group.cases },
      { share: share({ kind: 'count', count: group.count }, { kind: 'count', count: group.cases }) },
      words.say(`funnel.places.${funnel?.placeOf(group) ?? 'inside'}`),
    ]),
  };
}

async function readEach(
  reader: Reader,
  { until, year, ofEach, ownAgency }: Question,
  cube: CubeName,
): Promise<ReadonlyMap<string, Cube>> {
  const asked = { cube, until, months: year, together: 'months' } as const;
  if (ofEach) return reader.ofEach(asked);
  return new Map([
    ['*', await reader.cube({ ...asked, agency: '*' })],
    [ownAgency, await reader.cube({ ...asked, agency: ownAgency })],
  ]);
}

/* Whoever has a number that is hidden is not compared: no share of theirs says anything. */
function groupOf(id: string, cube: Cube, codes: readonly string[]): (FunnelGroup & { readonly id: string })[] {
  const cases = drawn(cube.count());
  const count = drawn(cube.count({ codes }));
  return cases === null || count === null ? [] : [{ id, cases, count: Math.min(count, cases) }];
}

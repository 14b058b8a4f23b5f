import { funnelPlot } from '../charts/funnel-plot.js';
import { funnelOf, type FunnelGroup } from '../control/funnel-limits.js';
import { cellKeyVariance } from '../control/noise-variance.js';
import type { Cube } from '../cubes/cube.js';
import { ALL_AGENCIES, type CubeName } from '../cubes/cubes.js';
import { share } from '../cubes/published.js';
import type { FigureWords } from './figure-words.js';
import { drawn, type Panel, type TableCell } from './panel.js';
import type { FiguresPage, Question } from './question.js';
import { settledUntil, TIME_FOR } from './settled.js';

type Reader = Parameters<FiguresPage>[0];

interface Compared {
  readonly id: string;
  readonly cube: CubeName;
  /** The codes that are a share of all. */
  readonly codes: readonly string[];
  /** Working days that there are for it. */
  readonly within?: number;
}

/** What agencies are compared in. Each is better the more it is, but for the last two. */
const COMPARED: readonly Compared[] = [
  { id: 'by_acknowledged', cube: 'acknowledged', codes: ['0-5'], within: TIME_FOR.acknowledged },
  { id: 'by_answered', cube: 'answered', codes: ['in_time'], within: TIME_FOR.answered },
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
  const { until, year, ofEach, ownAgency } = question;
  const last = compared.within === undefined ? until : settledUntil(until, compared.within);
  const asked = { cube: compared.cube, until: last, months: year, together: 'months' } as const;
  const cubeOf = (agency: string): Promise<Cube> => reader.cube({ ...asked, agency });
  const [all] = groupOf(ALL_AGENCIES, await cubeOf(ALL_AGENCIES), compared.codes);
  const found = ofEach ? await reader.ofEach(asked) : new Map([[ownAgency, await cubeOf(ownAgency)]]);
  // Where what is true of all is hidden there is nothing to compare with.
  const groups = [...(all ? found : [])]
    .flatMap(([id, cube]) => groupOf(id, cube, compared.codes))
    .sort((a, b) => b.cases - a.cases || (a.id < b.id ? -1 : 1));
  const options = { ...(all ? { all } : {}), noise: cellKeyVariance };
  const funnel = funnelOf(groups, options);
  const title = words.say(`panels.${compared.id}.title`);
  const own = groups.find(({ id }) => id === (question.agency === '*' ? question.ownAgency : question.agency));
  return {
    id: compared.id,
    title,
    what: words.say(`panels.${compared.id}.what`),
    draw: () =>
      funnelPlot({
        ...words.picture(compared.id, title, words.say('funnel.how')),
        unit: words.say(`panels.${compared.id}.unit`),
        casesUnit: words.say('inTheYear'),
        ...options,
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
    rows: [
      ...(all && groups.length > 0 ? [[words.say('columns.all'), ...figuresOf(all), '']] : []),
      ...groups.map((group) => [
        words.agency(group.id),
        ...figuresOf(group),
        words.say(`funnel.places.${funnel.placeOf(group)}`),
      ]),
    ],
  };
}

function figuresOf({ count, cases }: FunnelGroup): readonly TableCell[] {
  const whole = { kind: 'count', count: cases } as const;
  return [whole, { share: share({ kind: 'count', count }, whole) }];
}

/* Whoever has a number that is hidden is not compared: no share of theirs says anything. */
function groupOf(id: string, cube: Cube, codes: readonly string[]): (FunnelGroup & { readonly id: string })[] {
  const cases = drawn(cube.count());
  const count = drawn(cube.count({ codes }));
  return cases === null || count === null ? [] : [{ id, cases, count: Math.min(count, cases) }];
}

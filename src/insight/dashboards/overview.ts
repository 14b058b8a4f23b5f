import { lineChart } from '../charts/line-chart.js';
import { ALL_AGENCIES, TAKEN_UP_AGAIN, RESOLVED } from '../cubes/cubes.js';
import type { Cube } from '../cubes/cube.js';
import { monthsUpTo, type Month } from '../cubes/months.js';
import { OUTCOMES } from '../../cases/case-outcome.js';
import { codePanel } from './code-panel.js';
import type { FigureWords } from './figure-words.js';
import { drawn, type Panel } from './panel.js';
import type { FiguresPage } from './question.js';

/** What comes in, what is done, and what is about: stock and flow, topics, ways in, how it ended and after how long. */
export const overview: FiguresPage = async (reader, { agency, until, months, year }, words) => {
  const byMonth = { agency, until, months, together: 'codes' } as const;
  const received = await reader.cube({ ...byMonth, cube: 'topic' });
  const closed = await reader.cube({ ...byMonth, cube: 'outcome' });
  // Of one agency received and closed are not of the same complaints: some it was handed, some it handed on.
  const stock = agency === ALL_AGENCIES ? await openAtEnd(reader, until) : null;
  const byCode = { agency, until, months: year, together: 'months' } as const;
  const topics = await reader.cube({ ...byCode, cube: 'topic' });
  const channels = await reader.cube({ ...byCode, cube: 'channel' });
  const stages = await reader.cube({ ...byCode, cube: 'stage' });
  const outcomes = await reader.cube({ ...byCode, cube: 'outcome' });
  const resolved = await reader.cube({ ...byCode, cube: 'resolved' });
  return [
    flowPanel(words, monthsUpTo(until, months), { received, closed, stock }),
    codePanel(words, { id: 'topics', cube: topics, codes: words.codesOf('topic'), named: 'topic', sorted: true }),
    codePanel(words, { id: 'channels', cube: channels, codes: words.codesOf('channel'), named: 'channel' }),
    codePanel(words, { id: 'stages', cube: stages, codes: words.codesOf('stage'), named: 'stage' }),
    codePanel(words, { id: 'outcomes', cube: outcomes, codes: [...OUTCOMES, TAKEN_UP_AGAIN], named: 'outcome' }),
    codePanel(words, { id: 'resolved', cube: resolved, codes: RESOLVED, named: 'resolved' }),
  ];
};

type Reader = Parameters<FiguresPage>[0];

/* Since there is a complaint: all that came up to a month, without those that were closed by then and are closed still. */
async function openAtEnd(reader: Reader, until: Month): Promise<(month: Month) => ReturnType<Cube['count']>> {
  const all = { agency: ALL_AGENCIES, until, months: 'all' } as const;
  const came = await reader.cube({ ...all, cube: 'topic', together: 'codes' });
  const gone = (await reader.cube({ ...all, cube: 'outcome' })).only(OUTCOMES);
  const open = came.without(gone);
  return (month) => open.count({ upTo: month });
}

interface Flow {
  readonly received: Cube;
  readonly closed: Cube;
  readonly stock: ((month: Month) => ReturnType<Cube['count']>) | null;
}

function flowPanel(words: FigureWords, months: readonly Month[], { received, closed, stock }: Flow): Panel {
  const lines = [
    { name: words.say('columns.received'), of: (month: Month) => received.count({ months: [month] }) },
    { name: words.say('columns.closed'), of: (month: Month) => closed.count({ months: [month] }) },
    ...(stock ? [{ name: words.say('columns.open'), of: stock }] : []),
  ];
  const counted = lines.map(({ name, of }) => ({ name, counts: months.map(of) }));
  const title = words.say('panels.flow.title');
  return {
    id: 'flow',
    title,
    what: words.say(stock ? 'panels.flow.what' : 'panels.flow.whatOfOne'),
    draw: () =>
      lineChart({
        ...words.picture('flow', title, words.say('seeTable')),
        unit: words.say('eachMonth'),
        months: months.map((month) => month.slice(0, 7)),
        lines: counted.map(({ name, counts }) => ({ label: name, values: counts.map(drawn) })),
      }),
    columns: [words.say('columns.month'), ...counted.map(({ name }) => name)],
    rows: months.map((month, at) => [words.month(month), ...counted.map(({ counts }) => counts[at] ?? '')]),
  };
}

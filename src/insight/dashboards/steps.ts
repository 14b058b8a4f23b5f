import { barChart } from '../charts/bar-chart.js';
import { stackedShares } from '../charts/stacked-shares.js';
import type { Cube } from '../cubes/cube.js';
import { ACKNOWLEDGED, ANSWERED } from '../cubes/cubes.js';
import { monthsUpTo, type Month } from '../cubes/months.js';
import { share } from '../cubes/published.js';
import type { FigureWords } from './figure-words.js';
import { drawn, type Panel } from './panel.js';
import type { FiguresPage } from './question.js';
import { settledUntil, TIME_FOR } from './settled.js';

/** Of how many months the steps are drawn; the table has as many. */
const MONTHS = 12;

/** Each step that is due on a complaint, by when it came: what is open when its time is over counts as not done. */
export const steps: FiguresPage = async (reader, { agency, until }, words) => {
  const cubeUntil = (cube: 'acknowledged' | 'answered' | 'open', last: Month): Promise<Cube> =>
    reader.cube({ agency, cube, until: last, months: MONTHS });
  const acknowledgedUntil = settledUntil(until, TIME_FOR.acknowledged);
  const answeredUntil = settledUntil(until, TIME_FOR.answered);
  const acknowledged = await cubeUntil('acknowledged', acknowledgedUntil);
  const answered = await cubeUntil('answered', answeredUntil);
  const open = await cubeUntil('open', until);
  return [
    stepPanel(words, 'acknowledged', monthsUpTo(acknowledgedUntil, MONTHS), acknowledged, ACKNOWLEDGED),
    stepPanel(words, 'answered', monthsUpTo(answeredUntil, MONTHS), answered, ANSWERED),
    agePanel(words, monthsUpTo(until, MONTHS), open),
  ];
};

function stepPanel(
  words: FigureWords,
  id: 'acknowledged' | 'answered',
  months: readonly Month[],
  cube: Cube,
  codes: readonly string[],
): Panel {
  const title = words.say(`panels.${id}.title`);
  const names = codes.map((code) => words.code(id, code));
  const byMonth = months.map((month) => ({
    name: words.month(month),
    all: cube.count({ months: [month] }),
    counts: codes.map((code) => cube.count({ months: [month], codes: [code] })),
  }));
  const first = codes[0] ?? '';
  return {
    id,
    title,
    what: words.say(`panels.${id}.what`),
    draw: () =>
      stackedShares({
        ...words.picture(id, title, words.say('seeTable')),
        parts: names,
        wholes: byMonth.slice(-6).map(({ name, counts }) => ({ label: name, counts: counts.map(drawn) })),
        suppressed: '<6',
      }),
    columns: [
      words.say('columns.receivedIn'),
      words.say('columns.received'),
      ...names,
      words.say('columns.shareOf', { what: words.code(id, first) }),
    ],
    rows: byMonth.map(({ name, all, counts }) => [
      name,
      all,
      ...counts,
      { share: counts[0] ? share(counts[0], all) : null },
    ]),
  };
}

/* What is open now by the month it came in: what is old stands out. */
function agePanel(words: FigureWords, months: readonly Month[], open: Cube): Panel {
  const title = words.say('panels.age.title');
  const counted = months.map((month) => ({ month, count: open.count({ months: [month] }) }));
  return {
    id: 'age',
    title,
    what: words.say('panels.age.what'),
    draw: () =>
      barChart({
        ...words.picture('age', title, words.say('seeTable')),
        unit: words.say('panels.age.unit'),
        bars: counted.map(({ month, count }) => ({ label: words.month(month), value: drawn(count) })),
        suppressed: '<6',
      }),
    columns: [words.say('columns.receivedIn'), words.say('columns.open')],
    rows: counted.map(({ month, count }) => [words.month(month), count]),
  };
}

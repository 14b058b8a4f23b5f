import { barChart } from '../charts/bar-chart.js';
import { beforeAfter, type BeforeAfter } from '../control/before-after.js';
import { monthsUpTo } from '../cubes/months.js';
import type { LearningRow } from '../cubes/read-cubes.js';
import type { Cube } from '../cubes/cube.js';
import type { FigureWords } from './figure-words.js';
import { drawn, type Panel } from './panel.js';
import type { FiguresPage } from './question.js';

const HIDDEN_BELOW = 6;
/** Months that are looked back over. */
const MONTHS = 48;
/** The newest ones. */
const MOST = 20;

/** What was changed because of complaints, and whether there were fewer of them afterwards. */
export const learning: FiguresPage = async (reader, { agency, until }, words) => {
  const actions = await reader.learning(agency, MOST);
  const rows: { action: LearningRow; found: BeforeAfter }[] = [];
  const cubes = new Map<string, Cube>();
  for (const action of actions) {
    const cube =
      cubes.get(action.agency) ?? (await reader.cube({ cube: 'topic', agency: action.agency, until, months: MONTHS }));
    cubes.set(action.agency, cube);
    rows.push({ action, found: outcomeOf(action, cube, until) });
  }
  return [learningPanel(words, rows)];
};

/* Months that are to come, or that lie further back than is looked, are not there: nobody knows how many there were. */
function outcomeOf({ month, topic }: LearningRow, cube: Cube, until: string): BeforeAfter {
  const series = monthsUpTo(until, MONTHS).map((one) => ({
    month: one.slice(0, 7),
    value: drawn(cube.count({ months: [one], codes: [topic] })),
  }));
  return beforeAfter(series, month.slice(0, 7), { suppressedBelow: HIDDEN_BELOW });
}

function learningPanel(words: FigureWords, rows: readonly { action: LearningRow; found: BeforeAfter }[]): Panel {
  const title = words.say('panels.learning.title');
  const mean = (side: BeforeAfter['before']): string =>
    side.mean === null ? words.say('hidden') : side.mean.toFixed(1);
  return {
    id: 'learning',
    title,
    what: words.say('panels.learning.what'),
    draw: () =>
      barChart({
        ...words.picture('learning', title, words.say('seeTable')),
        nothing: words.say('panels.learning.none'),
        unit: words.say('panels.learning.unit'),
        bars: rows.slice(0, 6).flatMap(({ action, found }) =>
          (['before', 'after'] as const).map((side) => ({
            label: words.say(`panels.learning.${side}Of`, {
              what: words.code('topic', action.topic),
              month: words.month(action.month),
            }),
            value: found[side].mean,
          })),
        ),
        suppressed: words.say('hidden'),
      }),
    columns: [
      words.say('columns.agency'),
      words.say('columns.what'),
      words.say('panels.learning.changed'),
      words.say('panels.learning.since'),
      words.say('panels.learning.before'),
      words.say('panels.learning.after'),
      words.say('panels.learning.found'),
    ],
    rows: rows.map(({ action, found }) => [
      words.agency(action.agency),
      words.code('topic', action.topic),
      words.say(`learningKinds.${action.kind}`),
      words.month(action.month),
      mean(found.before),
      mean(found.after),
      verdictOf(words, found),
    ]),
  };
}

function verdictOf(words: FigureWords, { verdict, ratio, interval }: BeforeAfter): string {
  const said = words.say(`panels.learning.verdicts.${verdict}`);
  if (ratio === null || interval === null || !Number.isFinite(interval.high)) return said;
  const [at, low, high] = [ratio, interval.low, interval.high].map((one) => one.toFixed(2));
  return `${said} ${words.say('panels.learning.ratio', { at: at ?? '', low: low ?? '', high: high ?? '' })}`;
}

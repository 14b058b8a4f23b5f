import { barChart } from '../charts/bar-chart.js';
import { controlChart } from '../charts/control-chart.js';
import { emergingThemes, type EmergingTheme } from '../control/emerging-themes.js';
import { cellKeyVariance } from '../control/noise-variance.js';
import type { MonthValue } from '../control/month-series.js';
import { laneyChart } from '../control/laney.js';
import { xmrChart } from '../control/xmr.js';
import type { ControlPoint } from '../control/phases.js';
import type { Cube } from '../cubes/cube.js';
import { monthsUpTo, type Month } from '../cubes/months.js';
import type { FigureWords } from './figure-words.js';
import { drawn, type Panel } from './panel.js';
import type { FiguresPage } from './question.js';
import { settledUntil, TIME_FOR } from './settled.js';

/** Months that are looked back over. */
const MONTHS = 36;
/** Of these the first two years say what is usual: limits out of one year alone sound too many alarms. */
const BASELINE = 24;
/** Charts of themes on a page. */
const MOST_CHARTS = 4;
const HIDDEN_BELOW = 6;

/** What stands out: topics with more complaints than their own past explains, and whether months are within what is usual. */
export const themes: FiguresPage = async (reader, { agency, until }, words) => {
  const topics = await reader.cube({ cube: 'topic', agency, until, months: MONTHS });
  const promptUntil = settledUntil(until, TIME_FOR.acknowledged);
  const acknowledged = await reader.cube({ cube: 'acknowledged', agency, until: promptUntil, months: MONTHS });
  const months = monthsUpTo(until, MONTHS);
  const found = emergingThemes(
    words.codesOf('topic').map((key) => ({ key, months: seriesOf(topics, months, [key]) })),
    { month: until.slice(0, 7), suppressedBelow: HIDDEN_BELOW },
  );
  return [
    emergingPanel(words, found),
    ...found
      .slice(0, MOST_CHARTS)
      .map(({ key }) =>
        controlPanel(
          words,
          `topic-${key.replaceAll('_', '-')}`,
          words.code('topic', key),
          seriesOf(topics, months, [key]),
        ),
      ),
    controlPanel(words, 'total', words.say('columns.received'), seriesOf(topics, months)),
    sharePanel(words, acknowledged, monthsUpTo(promptUntil, MONTHS)),
  ];
};

function seriesOf(cube: Cube, months: readonly Month[], codes?: readonly string[]): MonthValue[] {
  return months.map((month) => ({
    month: month.slice(0, 7),
    value: drawn(cube.count({ months: [month], ...(codes ? { codes } : {}) })),
  }));
}

function emergingPanel(words: FigureWords, found: readonly EmergingTheme[]): Panel {
  const title = words.say('panels.emerging.title');
  return {
    id: 'emerging',
    title,
    what: words.say('panels.emerging.what'),
    draw: () =>
      barChart({
        ...words.picture('emerging', title, words.say('seeTable')),
        nothing: words.say('panels.emerging.none'),
        unit: words.say('panels.emerging.unit'),
        bars: found.map(({ key, observed }) => ({ label: words.code('topic', key), value: observed })),
        suppressed: '<6',
      }),
    columns: [
      words.say('columns.what'),
      words.say('panels.emerging.seen'),
      words.say('panels.emerging.expected'),
      words.say('panels.emerging.why'),
    ],
    rows: found.map((theme) => [
      words.code('topic', theme.key),
      theme.observed.toString(),
      theme.expected.toFixed(1),
      whyEmerging(words, theme),
    ]),
  };
}

/* All that it rests on, so that whoever reads it can doubt it. */
function whyEmerging(words: FigureWords, theme: EmergingTheme): string {
  const chance =
    theme.p < 0.0001
      ? words.say('panels.emerging.chanceBelow', { chance: '0.0001' })
      : words.say('panels.emerging.chanceAbout', { chance: Number(theme.p.toPrecision(1)).toString() });
  return [
    words.say(`panels.emerging.rules.${theme.rule}`),
    words.say('panels.emerging.reason', {
      chance,
      rank: theme.rank,
      series: theme.lookedAt,
      months: theme.baselineMonths,
    }),
    words.say(theme.seasonal ? 'panels.emerging.seasonal' : 'panels.emerging.notSeasonal'),
  ].join(' ');
}

function controlPanel(words: FigureWords, id: string, name: string, series: readonly MonthValue[]): Panel {
  const points = xmrChart(series, { baseline: BASELINE, noise: { variance: cellKeyVariance, inBaseline: true } });
  const title = words.say('panels.control.title', { what: name });
  return {
    id,
    title,
    what: words.say('panels.control.what'),
    draw: () => picture(words, id, title, { unit: words.say('eachMonth'), kind: 'count', points }),
    ...tableOf(
      words,
      points,
      (value) => value.toString(),
      (limit) => Math.max(0, limit).toFixed(1),
    ),
  };
}

/* How many of those that came in a month were acknowledged within five working days. */
function sharePanel(words: FigureWords, cube: Cube, months: readonly Month[]): Panel {
  const points = laneyChart(
    months.map((month) => ({
      month: month.slice(0, 7),
      count: drawn(cube.count({ months: [month], codes: ['0-5'] })),
      cases: drawn(cube.count({ months: [month] })),
    })),
    { baseline: BASELINE, noise: { count: cellKeyVariance, cases: cellKeyVariance, inBaseline: true } },
  );
  const title = words.say('panels.prompt.title');
  const percent = (share: number): string => `${Math.round(100 * Math.min(1, Math.max(0, share))).toString()}%`;
  return {
    id: 'prompt',
    title,
    what: words.say('panels.prompt.what'),
    draw: () => picture(words, 'prompt', title, { unit: words.say('panels.prompt.unit'), kind: 'share', points }),
    ...tableOf(words, points, percent, percent),
  };
}

function picture(
  words: FigureWords,
  id: string,
  title: string,
  chart: { readonly unit: string; readonly kind: 'count' | 'share'; readonly points: readonly ControlPoint[] },
): string {
  return controlChart({
    ...words.picture(id, title, words.say('seeTable')),
    ...chart,
    labels: {
      centre: words.say('control.centre'),
      upper: words.say('control.upper'),
      lower: words.say('control.lower'),
      baseline: words.say('control.baseline'),
      signals: {
        outside: words.say('control.outside'),
        same_side: words.say('control.same_side'),
        trend: words.say('control.trend'),
        near_limit: words.say('control.near_limit'),
      },
    },
  });
}

function tableOf(
  words: FigureWords,
  points: readonly ControlPoint[],
  say: (value: number) => string,
  sayLimit: (limit: number) => string,
): Pick<Panel, 'columns' | 'rows'> {
  return {
    columns: [
      words.say('columns.month'),
      words.say('columns.figure'),
      words.say('control.lower'),
      words.say('control.upper'),
      words.say('control.signal'),
    ],
    rows: points.map(({ month, value, limits, signals }) => [
      words.month(`${month}-01`),
      value === null ? words.say('hidden') : say(value),
      limits ? sayLimit(limits.lower) : '',
      limits ? sayLimit(limits.upper) : '',
      signals.map((rule) => words.say(`control.${rule}`)).join('; '),
    ]),
  };
}

import type { Picture } from '../../src/insight/charts/picture.js';
import { barChart, type BarChart } from '../../src/insight/charts/bar-chart.js';
import { controlChart, type ControlChart } from '../../src/insight/charts/control-chart.js';
import { flowMatrix, type FlowMatrix } from '../../src/insight/charts/flow-matrix.js';
import { funnelPlot, type FunnelPlot } from '../../src/insight/charts/funnel-plot.js';
import { lineChart, type LineChart } from '../../src/insight/charts/line-chart.js';
import { stackedShares, type StackedShares } from '../../src/insight/charts/stacked-shares.js';
import { laneyChart } from '../../src/insight/control/laney.js';
import { xmrChart } from '../../src/insight/control/xmr.js';
import { monthAt, poisson, seeded } from './seeded.js';

const random = seeded(5);
const months = Array.from({ length: 24 }, (_, at) => monthAt(60 + at));

/** What every picture of a test is told. */
export function told(id: string): Picture {
  return { id, title: `Of ${id}`, description: `What ${id} shows`, language: 'en', nothing: 'No cases yet' };
}

export const lines: Omit<LineChart, keyof Picture> = {
  unit: 'Cases each month',
  months,
  lines: [
    { label: 'Received', values: months.map((_, at) => poisson(random, 40 + at)) },
    { label: 'Closed', values: months.map((_, at) => (at === 7 ? null : poisson(random, 36 + at))) },
    { label: 'Open at the end', values: months.map((_, at) => 60 + at) },
  ],
};

export const bars: Omit<BarChart, keyof Picture> = {
  unit: 'Cases in the year',
  suppressed: '<6',
  bars: [
    { label: 'Waiting for an answer', value: 1234 },
    { label: 'How I was spoken to, or treated by the people whose work it is to help', value: 321 },
    { label: 'Records', value: null },
    { label: 'Buildings', value: 0 },
  ],
};

export const shares: Omit<StackedShares, keyof Picture> = {
  suppressed: '<6',
  parts: ['In time', 'Late', 'Still open'],
  wholes: [
    { label: 'Acknowledged', counts: [310, 22, 8] },
    { label: 'Checked', counts: [100, null, 33] },
    { label: 'Told of the outcome', counts: [0, 0, 0] },
  ],
};

export const funnel: Omit<FunnelPlot, keyof Picture> = {
  unit: 'Acknowledged late',
  casesUnit: 'Cases in the year',
  others: Array.from({ length: 40 }, () => {
    const cases = 5 + Math.floor(400 * random() ** 3);
    return { cases, count: Math.min(cases, poisson(random, cases * 0.12)) };
  }),
  own: { name: 'Inland Revenue', count: 31, cases: 160 },
  labels: { centre: 'All', limits95: '95%', limits998: '99.8%', other: 'Another agency', outside: 'Outside 99.8%' },
};

const labels: ControlChart['labels'] = {
  centre: 'Mean',
  upper: 'Upper limit',
  lower: 'Lower limit',
  baseline: 'Baseline',
  signals: { outside: 'Outside', same_side: 'Seven on a side', trend: 'Seven in a trend', near_limit: 'Near a limit' },
};

export const xmr: Omit<ControlChart, keyof Picture> = {
  unit: 'Cases each month',
  kind: 'count',
  points: xmrChart(months.map((month, at) => ({ month, value: at === 5 ? null : poisson(random, at < 15 ? 20 : 34) }))),
  labels,
};

export const laney: Omit<ControlChart, keyof Picture> = {
  unit: 'Acknowledged in time',
  kind: 'share',
  points: laneyChart(months.map((month, at) => ({ month, cases: 300, count: 240 - at - Math.floor(random() * 20) }))),
  labels,
};

const agencies = ['Inland Revenue', 'Health New Zealand – Te Whatu Ora', 'Kāinga Ora', 'Auckland Council'];

export const flows: Omit<FlowMatrix, keyof Picture> = {
  unit: 'Cases handed on',
  suppressed: '<6',
  labels: { from: 'From', to: 'To' },
  flows: agencies.flatMap((from, row) =>
    agencies.map((to, column) => ({ from, to, value: row === 1 && column === 2 ? null : 6 + row * 10 + column })),
  ),
};

/** One of every picture, each with an id that begins with what is given. */
export function everyPicture(id: string): string[] {
  return [
    lineChart({ ...told(`${id}-lines`), ...lines }),
    barChart({ ...told(`${id}-bars`), ...bars }),
    stackedShares({ ...told(`${id}-shares`), ...shares }),
    funnelPlot({ ...told(`${id}-funnel`), ...funnel }),
    controlChart({ ...told(`${id}-xmr`), ...xmr }),
    controlChart({ ...told(`${id}-laney`), ...laney }),
    flowMatrix({ ...told(`${id}-flows`), ...flows }),
    barChart({ ...told(`${id}-nothing`), ...bars, bars: [] }),
  ];
}

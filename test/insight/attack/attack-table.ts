import type { Finding } from './finding.js';
import type { Report } from './harness.js';
import type { SamplerAudit } from './audit-sampler.js';
import { successOf } from './verdict.js';

/** What is published beside the figures: what each attack found, and what the method does not keep. */
export function attackTable(report: Report): string {
  const { findings, reconstructions, ...samplers } = report;
  const named = [...new Set(findings.map(({ mechanism }) => mechanism))];
  return [
    heading('Attacks on counts: share of trials that were right'),
    row(['attack', 'no release', ...named, 'bound', 'fewest trials']),
    ...[...new Set(findings.map(({ attack }) => attack))].map((attack) => attackRow(findings, attack, named)),
    heading(
      'Reconstruction of month x topic x agency by linear programming, from months and windows: share of cells exact; mean error in cases',
    ),
    row(['published', 'all zero', 'independence', 'LP', 'three errors', 'certain cells']),
    ...reconstructions.map((each) =>
      row([
        `${each.threeWay ? 'cells and sums' : 'sums'}, ${each.mechanism}`,
        share(each.baseline),
        share(each.independence),
        share(each.exact),
        [each.errors[2], each.errors[1], each.errors[0]].map((error) => error.toFixed(2)).join(' '),
        `${share(each.certain)} of ${each.looked.toString()}`,
      ]),
    ),
    heading('Samplers of discrete Laplace noise, epsilon 1/4'),
    row(['sampler', 'chi-square', 'at most', 'epsilon at least', 'caught']),
    ...[samplers.sound, ...samplers.faulty].map(samplerRow),
    heading('What fails, and is published with the method'),
    ...failures(report).map((line) => `- ${line}`),
    '',
  ].join('\n');
}

function attackRow(findings: readonly Finding[], attack: string, named: readonly string[]): string {
  const of = findings.filter((each) => each.attack === attack);
  const bound = of.find((each) => each.bound !== null)?.bound ?? null;
  const seen = named.map((mechanism) => successOf(findings, attack, mechanism));
  const fewest = Math.min(...of.map(({ trials }) => trials));
  return row([attack, ...[of[0]?.baseline ?? null, ...seen, bound].map(share), fewest.toString()]);
}

function samplerRow(audit: SamplerAudit): string {
  const { sampler, caught } = audit;
  const [distance, most, atLeast] = [audit.chiSquare, audit.critical, audit.epsilonAtLeast];
  return row([sampler, distance.toFixed(0), most.toFixed(0), atLeast.toFixed(3), caught ? 'yes' : 'no']);
}

function failures({ findings, equalityFalseAlarms, rewritten, provenByFloats }: Report): string[] {
  const of = (attack: string): string => share(successOf(findings, attack, 'cell key'));
  const guessing = (attack: string): string =>
    share(findings.find((each) => each.attack === attack && each.mechanism === 'cell key')?.baseline ?? null);
  return [
    'Cell keys carry no formal guarantee. They stand for ordinary complaints only, behind a closed menu and an audit log.',
    `Equality: whoever may ask for a set with and without an agency and sees two counts knows that it has a case. That is ` +
      `right in ${of('equality, 1 pair')} of trials with one pair and in ${of('equality, 3 pairs')} with three; where there is none it spoke in ` +
      `${share(equalityFalseAlarms['cell key'] ?? null)}. More noise makes this worse.`,
    `The menu lets nobody leave an agency out, but it has such pairs: a total beside the code that nearly all of it has ` +
      `(whether any have another: ${of('equality, a total and its dominant code')} right; how many of none to five: ` +
      `${of('hidden code, total less the dominant one')}, where guessing is ${guessing('hidden code, total less the dominant one')}), ` +
      `the twelve months up to one month beside those up to the next (whether any lodged in the month that is new or the one that ` +
      `fell out: ${of('equality, windows a month apart')}; how many more in one than in the other: ` +
      `${of('difference of two hidden months, by windows')}, where guessing is ${guessing('difference of two hidden months, by windows')}), ` +
      `and a figure before and after a case came in (${of('re-release with one more case')}).`,
    `Averaging over forty splits of one's own choice gives the exact count in ${of('exact count, averaged')} of trials, and sixteen ` +
      `pairs a member in ${of('differencing, 16 pairs')}. The menu has neither. A month's own figures give its exact count in ` +
      `${of('exact count of a month, from its own figures')}; with all windows, codes and stocks that tell of it, it is ` +
      `${of('exact count of a month, from the whole menu')} for a month and ${of('exact count of a year, from the whole menu')} for a year.`,
    `A shown count that is not "<6" proves that there are cases; one case alone gets so far only by the most noise there is ` +
      `(${of('zero: is there a case at all')} right).`,
    `Whoever lodges more than once loses epsilon more than once. A bound of ${share(boundOf(findings, 'knows all other records, 8 tables at 1/4'))} is for ` +
      `one lodging in all eight tables and whether it is there at all. Which of two cells it is in costs twice as much: ` +
      `${share(boundOf(findings, 'which of two cells it is in, 1 table at 1/4'))} is the bound of one table and ` +
      `${share(boundOf(findings, 'which of two cells it is in, 8 tables at 1/4'))} that of eight.`,
    `Noise in floating point, not rounded, gives a case away in ${share(provenByFloats)} of outcomes: none of ours is.`,
    `Two things hold by how it is built, and no share of trials can show them. Disclosures are in no cube and no total: ` +
      `test/insight/counting.spec.ts and dashboards.spec.ts count and show figures with one and without. A later release has the ` +
      `draws of the first: test/insight/open-data.spec.ts lets a case come in between. Here the files of both are written from ` +
      `the same draws, and differ in ${rewritten.changed.toString()} of ${rewritten.counts.toString()} counts.`,
  ];
}

function boundOf(findings: readonly Finding[], attack: string): number | null {
  return findings.find((each) => each.attack === attack)?.bound ?? null;
}

function heading(text: string): string {
  return `\n${text}`;
}

function row([first = '', ...others]: readonly string[]): string {
  return [first.padEnd(50), ...others.map((each) => ` ${each.padStart(15)}`)].join('');
}

function share(value: number | null): string {
  return value === null ? '-' : value.toFixed(3);
}

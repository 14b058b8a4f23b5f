import { clampingBias, noiseDeviation, sumMargin } from '../shown-noise.js';
import { revision, LICENCE_URL } from '../release-url.js';
import type { DatasetSpec, WrittenEpsilon } from '../table-spec.js';
import type { AttackResult } from './attack-result.js';
import type { FilledTable } from './fill-table.js';
import { literally, markdownTable } from './markdown.js';
import type { Release } from './release.js';
import { textFile, type ReleaseFile } from './release-file.js';

/** Quality statement in plain English: what was counted and how, what the noise does, and what is not protected. */
export function qualityStatement(release: Release, tables: readonly FilledTable[]): ReleaseFile {
  const { dataset, period, number, publisher } = release;
  const text = [
    `# ${literally(dataset.title.en)}, ${period.text}, ${revision(number)}: quality statement`,
    `Published on ${release.releasedOn} by ${literally(publisher.name)}. Questions: ${literally(publisher.contactName)}, ${literally(publisher.contactEmail)}. Licence: [CC BY 4.0](${LICENCE_URL}).`,
    ...whatIsCounted(release),
    ...whatItCosts(dataset, tables),
    ...howItIsDrawn(dataset, tables),
    ...howToUseIt(dataset, tables),
    ...whatIsNotProtected(dataset),
    ...knownAttacks(release.attacks),
  ].join('\n\n');
  return textFile('quality-statement.md', 'text/markdown', `${text}\n`);
}

function whatIsCounted({ dataset, period }: Release): string[] {
  const what = dataset.id === 'complaints' ? 'complaint' : 'disclosure';
  return [
    '## What is counted',
    `${literally(dataset.description)} The period is ${period.firstDay} to ${period.lastDay}, both days included, by the calendar in New Zealand.`,
    `The unit is one root lodging: one ${what} as a person sent it. However often it is then split, referred or reopened, it stays one. It is counted once in each table in its life: in the tables of what was received, in the period of its first receipt; in the tables of what was closed, in the period of its first closing.`,
    'What changes later never alters a period that has been published: a late entry, a correction and a case that is reopened leave it as it is. The figures were drawn once and are stored. A later release of the same period (r2, r3 and so on) can mend words or files, and has the same figures.',
    'It counts what came through OneDoor. It does not tell how much else was lodged elsewhere, or how often something went wrong that nobody wrote about.',
  ];
}

function whatItCosts(dataset: DatasetSpec, tables: readonly FilledTable[]): string[] {
  const sum = Number(dataset.cap);
  return [
    '## What one lodging adds',
    `Privacy loss is measured by ε. For each table, whether one lodging is in the data or not changes the chance of any published result by a factor of at most e^ε. ε adds up over the tables that a lodging is in. Over all tables, and so over its whole life, it is ε = ${dataset.cap}, a factor of at most ${Math.exp(sum).toFixed(1)}. A ledger refuses to spend more.`,
    'What a person lodges anew as a disclosure after a complaint is a lodging of its own. The two are joined nowhere, so that it is counted once in each dataset, and what the two cost adds up.',
    'That is the promise about whether a lodging is there. For somebody who knows that it is there, and asks only which cell it is in, both cells count: the factor is at most e^(2ε) for each table.',
    markdownTable(
      ['table', 'counted at', 'ε', 'standard deviation of the noise', '95 % margin'],
      [
        ...tables.map(({ spec, margin }) => [
          `\`${spec.name}\``,
          spec.side === 'received' ? 'first receipt' : 'first closing',
          spec.epsilon,
          noiseDeviation(spec.epsilon).toFixed(1),
          `±${margin.toString()}`,
        ]),
        ['all tables', '', dataset.cap, '', ''],
      ],
    ),
  ];
}

function howItIsDrawn({ id }: DatasetSpec, tables: readonly FilledTable[]): string[] {
  return [
    '## How the noise is drawn',
    'To every true count a whole number is added that was drawn at random from the discrete Laplace distribution: the chance of x is in proportion to e^(−ε|x|). It is drawn exactly, by the algorithm of C. Canonne, G. Kamath and T. Steinke, “The Discrete Gaussian for Differential Privacy” (2020), with whole numbers of any size from the random numbers of the operating system. No floating point number takes part.',
    `Each cell is drawn by itself, and cells that nobody is in are drawn as well. All cells that there can be are published, ${tables.reduce((count, table) => count + table.cells.length, 0).toString()} in this release: which ones there are follows from lists that were fixed before, never from the data. So neither a cell that is there, nor a 0, nor a figure above 0 proves that a lodging exists.`,
    'True counts are not kept beside the noisy ones, and what publishes the figures cannot read cases.',
    ...(id === 'disclosures'
      ? [
          'The kinds of wrongdoing are tallied during the year, without a case, an agency or a day. That tally is deleted in the same step that draws the year.',
        ]
      : []),
  ];
}

function howToUseIt(dataset: DatasetSpec, tables: readonly FilledTable[]): string[] {
  const epsilons = [...new Set(tables.map(({ spec }) => spec.epsilon))];
  return [
    '## How to use the figures',
    'A count can be negative: that is the noise, and no mistake. The noise is 0 on average, so sums and averages of counts as they are published are right on average too. Cut off at 0 only what you show, after you have added up.',
    ...epsilons.map(
      (epsilon) =>
        `At ε = ${epsilon}, cutting off first would add ${clampingBias(epsilon).toFixed(1)} on average to each cell that nobody is in: ${(100 * clampingBias(epsilon)).toFixed(0)} to a sum over 100 such cells.`,
    ),
    ...epsilons.map((epsilon) => `For a sum of cells of a table with ε = ${epsilon}:\n\n${marginsOfSums(epsilon)}`),
    'Totals are not published apart. A sum over one table will differ from the sum over another, because each has noise of its own. Neither is made to agree.',
    'Work out a rate only where the noisy count below the line is at least ten times the standard deviation. Do not compare two cells that differ by less than their margins.',
    ...(dataset.id === 'disclosures'
      ? [
          'Disclosures are few. With a margin of ±12 a single figure of one year tells little, and a change from one year to the next tells less. Only the shape over several years is informative. That is the price of publishing nothing that points at one disclosure, and we would sooner publish less often than with less noise.',
        ]
      : []),
  ];
}

function marginsOfSums(epsilon: WrittenEpsilon): string {
  const deviation = noiseDeviation(epsilon);
  return markdownTable(
    ['cells added', 'standard deviation', '95 % margin, about'],
    [3, 10, 30, 100].map((cells) => {
      const ofSum = deviation * Math.sqrt(cells);
      return [cells.toString(), ofSum.toFixed(1), `±${sumMargin(epsilon, cells, 0).toString()}`];
    }),
  );
}

function whatIsNotProtected({ id, cap }: DatasetSpec): string[] {
  return [
    '## What is not protected',
    `The promise is for one lodging. A person with m lodgings has up to m × ${cap}. That cannot be capped: names are sealed, many people give none, and so nobody can tell which lodgings are one person’s.`,
    'What is true of many lodgings together shows, and is meant to. So do things that are told elsewhere: by an agency, in the news, or by the person.',
    ...(id === 'complaints'
      ? [
          'Protected disclosures are in no figure of this dataset and in no total, so nothing can be taken off to find them.',
        ]
      : ['There is no figure by agency, month, region or person, and no two things are counted together.']),
  ];
}

function knownAttacks(attacks: readonly AttackResult[]): string[] {
  if (attacks.length === 0) return [];
  return [
    '## What known attacks achieve',
    'We attack our own figures and publish what comes out, also where an attack succeeds. “Success” is how often the attacker was right. “Without a release” is how often the same attacker is right who has seen nothing of ours. Only what goes beyond that is due to a release. “At most” is the limit that no attacker can exceed; a mechanism without one promises nothing. Some rows are of mechanisms that are not used here and are shown to compare.',
    markdownTable(
      ['attack', 'mechanism', 'success', 'without a release', 'at most'],
      attacks.map(({ attack, mechanism, success, baseline, bound }) => [
        literally(attack),
        literally(mechanism),
        success.toFixed(3),
        baseline.toFixed(3),
        bound?.toFixed(3) ?? 'none',
      ]),
    ),
  ];
}

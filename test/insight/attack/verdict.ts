import { slack, type Finding } from './finding.js';
import type { Report } from './harness.js';

/** What is promised of each run and was not found, in words; nothing where all is as it should be. */
export function broken(report: Report): string[] {
  return [
    ...blind(report),
    ...beyondBounds(report),
    ...reconstructed(report),
    ...changed(report),
    ...auditsFailed(report),
  ];
}

/** What must succeed on figures that nothing protects. */
const CONTROLS = [
  'equality, 1 pair',
  'differencing, 1 pair',
  'differencing, 16 pairs',
  're-release with one more case',
  'exact count, read off',
  'exact count, averaged',
  'exact count of a month, from its own figures',
  'exact count of a month, from the whole menu',
  'exact count of a year, from the whole menu',
  'equality, a total and its dominant code',
  'hidden code, total less the dominant one',
  'difference of two hidden months, by windows',
  'total minus ordinary, were disclosures in totals',
];

function blind({ findings, reconstructions }: Report): string[] {
  const failed = CONTROLS.flatMap((attack) =>
    ['raw', 'suppress <6'].filter((mechanism) => successOf(findings, attack, mechanism) !== 1),
  );
  const solved = reconstructions.find(({ mechanism, threeWay }) => mechanism === 'raw' && threeWay);
  if (solved?.exact !== 1 || solved.certain !== 1) failed.push('reconstruction');
  if (successOf(findings, 'zero: is there a case at all', 'raw') !== 1) failed.push('zero');
  return failed.map((what) => `The harness is blind: ${what} should have broken and did not.`);
}

function beyondBounds({ findings }: Report): string[] {
  return findings
    .filter(({ success, bound, trials }) => bound !== null && success > bound + slack(trials))
    .map(({ attack, mechanism }) => `${mechanism} is past its bound: ${attack}.`);
}

function reconstructed({ reconstructions }: Report): string[] {
  return reconstructions
    .filter(({ mechanism, certain }) => mechanism === 'cell key' && certain > 0)
    .map(({ threeWay }) => `Cell keys leave cells one count only: ${threeWay ? 'cells and sums' : 'sums'}.`);
}

function changed({ rewritten }: Report): string[] {
  return rewritten.changed === 0 && rewritten.counts > 0 ? [] : ['A second release has other counts than the first.'];
}

function auditsFailed({ sound, faulty, provenByFloats }: Report): string[] {
  return [
    ...(sound.caught ? ['The sampler in use is not what it is proven to be, or is past its epsilon.'] : []),
    ...faulty.filter(({ caught }) => !caught).map(({ sampler }) => `The audit let a faulty sampler pass: ${sampler}.`),
    ...(provenByFloats > 0.99 ? [] : ['Floating-point noise did not give its counts away.']),
  ];
}

/** How well an attack did on a mechanism; null where it cannot be put to it. */
export function successOf(findings: readonly Finding[], attack: string, mechanism: string): number | null {
  return findings.find((each) => each.attack === attack && each.mechanism === mechanism)?.success ?? null;
}

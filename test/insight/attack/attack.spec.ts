import { beforeAll, describe, expect, it } from '@jest/globals';
import { CUBES } from '../../../src/insight/cubes/cubes.js';
import { loadAttacks } from '../../../src/insight/open-data/publishing/attacks.js';
import type { AttackResult } from '../../../src/insight/open-data/files/attack-result.js';
import { attackResults } from './attack-results.js';
import { attackTable } from './attack-table.js';
import { lowerBound, upperBound } from './clopper-pearson.js';
import { slack } from './finding.js';
import { attackAll, type Report } from './harness.js';
import { leastSquares } from './least-squares.js';
import { CLOSED, RECEIVED } from './menu.js';
import { bestGuess } from './release-attacks.js';
import { broken, successOf } from './verdict.js';

let report: Report;

// Some twenty seconds of one processor, which other tests may want at the same time.
beforeAll(async () => {
  report = await attackAll({
    ...{ complaints: 4_000, asked: 400, drawn: 20_000, audited: 100_000 },
    ...{ months: 2, looked: 100, lookedToCompare: 20 },
  });
});

const success = (attack: string, mechanism: string): number => successOf(report.findings, attack, mechanism) ?? -1;

describe('the attacks', () => {
  it('find what they must, and no more than they may', () => {
    expect(broken(report)).toEqual([]);
  });

  it('see through true counts, and through small counts that are only hidden', () => {
    for (const mechanism of ['raw', 'suppress <6']) {
      for (const attack of ['equality, 1 pair', 'differencing, 1 pair', 'exact count, averaged']) {
        expect(success(attack, mechanism)).toBe(1);
      }
    }
  });

  it('would find a disclosure in totals, were it in them', () => {
    expect(success('total minus ordinary, were disclosures in totals', 'cell key')).toBeGreaterThan(0.85);
  });

  it('get no count for certain out of the cubes by linear programming', () => {
    const cubes = report.reconstructions.filter(({ mechanism }) => mechanism === 'cell key');
    expect(cubes.map(({ certain }) => certain)).toEqual([0, 0]);
    for (const { exact, baseline } of cubes) expect(exact).toBeLessThan(baseline + 0.1);
  });
});

describe('attacks through the menu', () => {
  it('know every cube that splits complaints; those that are open now are others', () => {
    expect([...RECEIVED, ...CLOSED].map(({ cube }) => cube).sort()).toEqual(
      Object.keys(CUBES)
        .filter((cube) => cube !== 'open')
        .sort(),
    );
  });

  it('add up to a count in all ways there are, the less noise the more', () => {
    const twice = [
      { of: [0], less: [], seen: 8, variance: 1 },
      { of: [0, 1], less: [], seen: 12, variance: 3 },
      { of: [1], less: [], seen: 0, variance: 1e-12 },
    ];
    expect(leastSquares(twice, 2)[0]).toBeCloseTo(9, 6);
    expect(() => leastSquares(twice.slice(0, 1), 2)).toThrow('open');
  });

  it('find more in the whole menu than in what it shows of a month alone, and less than whoever may split at will', () => {
    const whole = success('exact count of a month, from the whole menu', 'cell key');
    expect(whole).toBeGreaterThan(success('exact count of a month, from its own figures', 'cell key'));
    expect(whole).toBeLessThan(success('exact count, averaged', 'cell key'));
  });

  it('tell by a total and its dominant code, and by windows a month apart, whether there is anything between them', () => {
    expect(success('equality, a total and its dominant code', 'cell key')).toBeGreaterThan(0.85);
    expect(success('equality, windows a month apart', 'cell key')).toBeGreaterThan(0.85);
  });
});

describe('tables that are drawn once', () => {
  it('tell whoever knows all other records no more than epsilon allows', () => {
    const of = (attack: string): number => success(attack, 'DP, drawn once');
    expect(of('knows all other records, 1 table at 1/4')).toBeLessThan(bestGuess(0.25) + slack(20_000));
    expect(of('knows all other records, 4 tables at 1/4')).toBeLessThan(bestGuess(1) + slack(20_000));
    expect(of('knows all other records, 8 tables at 1/4')).toBeLessThan(bestGuess(2) + slack(20_000));
    // One table is where the best guess there can be is reached: the attacker is no weaker than the bound.
    expect(of('knows all other records, 1 table at 1/4')).toBeGreaterThan(bestGuess(0.25) - slack(20_000));
  });

  it('tell whoever knows that a lodging is there no more than twice as much epsilon allows of where it is', () => {
    const of = (attack: string): number => success(attack, 'DP, drawn once');
    expect(of('which of two cells it is in, 1 table at 1/4')).toBeLessThan(bestGuess(0.5) + slack(20_000));
    expect(of('which of two cells it is in, 4 tables at 1/4')).toBeLessThan(bestGuess(2) + slack(20_000));
    expect(of('which of two cells it is in, 8 tables at 1/4')).toBeLessThan(bestGuess(4) + slack(20_000));
    // Two cells tell more than one, where there are several tables.
    expect(of('which of two cells it is in, 8 tables at 1/4')).toBeGreaterThan(
      of('knows all other records, 8 tables at 1/4') + slack(20_000),
    );
  });

  it('are written as they were drawn, whichever number the release has', () => {
    expect(report.rewritten.changed).toBe(0);
    expect(report.rewritten.counts).toBeGreaterThan(300);
  });
});

describe('what is published of attacks', () => {
  const named = ({ attack, mechanism, bound }: Pick<AttackResult, 'attack' | 'mechanism' | 'bound'>): string =>
    [attack, mechanism, bound?.toString() ?? 'none'].join(' | ');

  it('is of every attack there is, on all that it was tried on, with its bound', () => {
    expect(loadAttacks().map(named)).toEqual(attackResults(report.findings).map(named));
  });

  it('is what they come to, but for chance', () => {
    const far = loadAttacks().filter(({ attack, mechanism, success: written }) => {
      const found = report.findings.find((each) => each.attack === attack && each.mechanism === mechanism);
      return !found || Math.abs(found.success - written) > slack(found.trials);
    });
    expect(far).toEqual([]);
  });
});

describe('the audit of samplers', () => {
  it('passes the one in use', () => {
    expect(report.sound.caught).toBe(false);
    expect(report.sound.epsilonAtLeast).toBeLessThanOrEqual(0.25);
    // It would see a loss that is not much greater.
    expect(report.sound.epsilonAtLeast).toBeGreaterThan(0.15);
  });

  it('catches every faulty one', () => {
    expect(report.faulty.filter(({ caught }) => !caught)).toEqual([]);
    expect(report.faulty.length).toBeGreaterThan(4);
  });

  it('finds that noise in floating point is proof', () => {
    expect(report.provenByFloats).toBeGreaterThan(0.99);
  });

  it('knows the exact bounds of a probability', () => {
    expect(lowerBound(0, 10, 0.025)).toBe(0);
    expect(upperBound(0, 10, 0.025)).toBeCloseTo(1 - 0.025 ** (1 / 10), 10);
    expect(lowerBound(10, 10, 0.025)).toBeCloseTo(0.025 ** (1 / 10), 10);
    expect(upperBound(10, 10, 0.025)).toBe(1);
    expect([lowerBound(3, 10, 0.025), upperBound(3, 10, 0.025)].map((p) => p.toFixed(4))).toEqual(['0.0667', '0.6525']);
  });
});

describe('the cubes, of which no formal guarantee is given', () => {
  it('give a case away to whoever may ask with and without an agency, and never wrongly', () => {
    expect(success('equality, 1 pair', 'cell key')).toBeGreaterThan(0.85);
    expect(success('equality, 3 pairs', 'cell key')).toBeGreaterThan(0.98);
    expect(report.equalityFalseAlarms['cell key']).toBe(0);
  });

  it('are said to in what is published', () => {
    const table = attackTable(report);
    for (const words of ['no formal guarantee', 'Equality', '0.000', 'Averaging']) expect(table).toContain(words);
  });
});

import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAttacks } from './attacks.js';

const attacks = loadAttacks();
const of = (mechanism: string) => attacks.filter((each) => each.mechanism === mechanism);

describe('what attacks achieve, as it is published', () => {
  it('has the best attacker there is on as many tables as either dataset has', () => {
    const best = attacks.filter(({ attack }) => attack.startsWith('knows all other records'));
    expect(best.map(({ attack }) => attack)).toEqual(
      [1, 4, 8].map((tables) => expect.stringContaining(`${tables.toString()} table`)),
    );
    for (const { success, bound } of best) {
      // By chance a share of 100,000 trials is off by no more than this, once in two million runs.
      expect(success).toBeLessThanOrEqual((bound ?? 0) + 5 * Math.sqrt(0.25 / 100_000));
      expect(success).toBeGreaterThan(0.5);
    }
  });

  it('has what the same attacks achieve on figures without noise, where they succeed', () => {
    for (const attack of ['equality, 1 pair', 'differencing, 1 pair', 'zero: is there a case at all']) {
      expect(of('raw').find((each) => each.attack === attack)?.success).toBe(1);
    }
    expect(of('suppress <6').length).toBeGreaterThan(5);
  });

  it('has what it costs that somebody knows that a lodging is there, and asks where', () => {
    const where = attacks.filter(({ attack }) => attack.startsWith('which of two cells'));
    expect(where.map(({ bound }) => bound?.toFixed(2))).toEqual(['0.62', '0.88', '0.98']);
  });

  it('has what can be asked of the menu of figures as it is, though that succeeds', () => {
    const cubes = of('cell key');
    for (const [attack, least] of [
      ['exact count of a month, from the whole menu', 0.3],
      ['equality, a total and its dominant code', 0.85],
      ['equality, windows a month apart', 0.85],
    ] as const)
      expect(cubes.find((each) => each.attack === attack)?.success).toBeGreaterThan(least);
  });

  it('has what it would tell to draw for a period again', () => {
    const [again] = of('DP, drawn again');
    expect(again?.success).toBeGreaterThan(0.51);
  });

  it('is refused where a row is no result', () => {
    const folder = mkdtempSync(join(tmpdir(), 'onedoor-attacks-'));
    const path = join(folder, 'attacks.json');
    try {
      for (const wrong of [{}, [{ attack: 'a', mechanism: 'm', success: 2, baseline: 0.5, bound: null }], [[]]]) {
        writeFileSync(path, JSON.stringify(wrong));
        expect(() => loadAttacks(path)).toThrow(path);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

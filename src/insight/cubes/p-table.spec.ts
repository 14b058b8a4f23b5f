import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CUBE_NOISE, InfeasibleNoise, PARTS, pTable, type Noise, type PTable } from './p-table.js';

const OTHERS: readonly Noise[] = [
  { most: 3, variance: 1, blocked: 0 },
  { most: 5, variance: 4, blocked: 2 },
  { most: 8, variance: 6, blocked: 4 },
  { most: 8, variance: 6.5, blocked: 4 },
  // Both ends of what is feasible: rows with two moves only.
  { most: 5, variance: 2, blocked: 2 },
  { most: 5, variance: 5, blocked: 2 },
];

describe.each([CUBE_NOISE, ...OTHERS])('the table for D=$most V=$variance js=$blocked', (noise) => {
  const table = pTable(noise);
  const counts = table.rows.slice(1).map((_, i) => i + 1);

  it('has noise of mean zero in every row, after rounding too', () => {
    for (const n of counts) expect(Math.abs(moment(table, n, 1))).toBeLessThan(1e-6);
  });

  it('has the same variance in every row, after rounding too', () => {
    for (const n of counts) expect(Math.abs(moment(table, n, 2) - noise.variance)).toBeLessThan(1e-6);
  });

  it('moves no count to below zero or to one that is blocked', () => {
    for (const n of counts) {
      for (const [v, p] of chances(table, n)) {
        if (n + v < 0 || (n + v > 0 && n + v <= noise.blocked)) expect(p).toBe(0);
      }
    }
  });

  it('has thresholds that are whole, never fall, and end at all', () => {
    for (const row of table.rows) {
      expect(row).toHaveLength(2 * noise.most + 1);
      expect([...row]).toEqual([...row].sort((a, b) => a - b));
      expect([...row].every(Number.isInteger)).toBe(true);
      expect(row.at(-1)).toBe(PARTS);
    }
  });

  it('leaves zero as it is', () => {
    expect(chances(table, 0).filter(([, p]) => p > 0)).toEqual([[0, 1]]);
  });

  it('has a last row that is the same up and down, for no more can be blocked', () => {
    const last = new Map(chances(table, table.rows.length - 1));
    for (const [v, p] of last) expect(Math.abs(p - (last.get(-v) ?? 0))).toBeLessThan(1e-8);
  });
});

describe('the table of the cubes', () => {
  it('publishes zero for small counts as often as it was found to', () => {
    const table = pTable();
    const zeros = [1, 2, 3, 4, 5].map((n) => new Map(chances(table, n)).get(-n) ?? 0);
    expect(zeros.map((p) => p.toFixed(2))).toEqual(['0.73', '0.41', '0.20', '0.08', '0.02']);
  });

  it('is the one that figures were published with', () => {
    expect([...(pTable().rows[1] ?? [])]).toEqual([
      0,
      0,
      0,
      0,
      3154522659,
      3154522659,
      3154522659,
      3741731404,
      4054389190,
      4215147910,
      PARTS,
    ]);
    expect([...(pTable().rows.at(-1) ?? [])]).toEqual([
      16285916,
      87543411,
      312138561,
      822081613,
      1656136175,
      2638831121,
      3472885683,
      3982828735,
      4207423885,
      4278681380,
      PARTS,
    ]);
  });

  it('has the greatest entropy: any other noise on the same moves that has its mean and variance has less', () => {
    const p = chances(pTable(), 20).map(([, each]) => each);
    // A direction that keeps the sum, the mean and the second moment: third differences of neighbours.
    const bent = (by: number): number[] => p.map((each, i) => each + by * ([1, -3, 3, -1][i - 3] ?? 0));
    for (const by of [-0.01, 0.01]) expect(entropy(bent(by))).toBeLessThan(entropy(p));
  });
});

describe('noise that cannot be had', () => {
  it.each([
    ['a variance below the bound for what is blocked', { most: 5, variance: 1.99, blocked: 2 }, /at least 2/],
    ['the same with more blocked', { most: 8, variance: 5.9, blocked: 4 }, /at least 6/],
    ['more variance than a count of one has room for', { most: 5, variance: 5.1, blocked: 2 }, /count of 1 /],
    ['no way past what is blocked', { most: 2, variance: 3, blocked: 2 }, /blocked < most/],
    ['no variance', { most: 5, variance: 0, blocked: 0 }, /above 0/],
    ['a variance that is no number', { most: 5, variance: Number.NaN, blocked: 0 }, /above 0/],
    ['bounds that are not whole', { most: 5.5, variance: 3, blocked: 2 }, /whole/],
  ])('is refused: %s', (_, noise, words) => {
    expect(() => pTable(noise)).toThrow(InfeasibleNoise);
    expect(() => pTable(noise)).toThrow(words);
  });

  it('is refused, or made with its mean and variance to the letter', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 0, max: 6 }),
        (most, quarters, blocked) => {
          const noise = { most, variance: quarters / 4, blocked };
          try {
            const table = pTable(noise);
            for (let n = 1; n < table.rows.length; n += 1) {
              expect(Math.abs(moment(table, n, 1))).toBeLessThan(1e-6);
              expect(Math.abs(moment(table, n, 2) - noise.variance)).toBeLessThan(1e-6);
            }
          } catch (error) {
            if (!(error instanceof InfeasibleNoise)) throw error;
          }
        },
      ),
    );
  });
});

function chances({ rows, noise }: PTable, n: number): [number, number][] {
  const row = [...(rows[n] ?? rows.at(-1) ?? [])];
  return row.map((threshold, i) => [i - noise.most, (threshold - (row[i - 1] ?? 0)) / PARTS]);
}

function moment(table: PTable, n: number, k: number): number {
  return chances(table, n).reduce((sum, [v, p]) => sum + p * v ** k, 0);
}

function entropy(p: readonly number[]): number {
  return -p.reduce((sum, each) => sum + each * Math.log(each), 0);
}

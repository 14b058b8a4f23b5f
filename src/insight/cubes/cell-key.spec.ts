import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chiSquare, critical, tally } from '../../../test/insight/attack/chi-square.js';
import { perturb, recordKey } from './cell-key.js';
import { CUBE_NOISE, PARTS, pTable } from './p-table.js';

const table = pTable();
const key = Buffer.alloc(32, 7);
const keySums = fc.bigInt(0n, 2n ** 80n);
const counts = fc.nat(10_000_000);

describe('a perturbed count', () => {
  it('is the same for the same cases', () => {
    fc.assert(
      fc.property(counts, keySums, (n, sum) => {
        expect(perturb(n, sum, table, key)).toBe(perturb(n, sum, pTable(), Buffer.from(key)));
      }),
    );
  });

  it('is the same for a sum that was taken modulo 2^32', () => {
    fc.assert(
      fc.property(counts, keySums, (n, sum) => {
        expect(perturb(n, sum, table, key)).toBe(perturb(n, sum % 2n ** 32n, table, key));
      }),
    );
  });

  it('is within five of the true one, never below zero, never one or two, and zero for zero', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(12), counts), keySums, (n, sum) => {
        const count = perturb(n, sum, table, key);
        expect(Math.abs(count - n)).toBeLessThanOrEqual(CUBE_NOISE.most);
        expect(count === 0 || count > CUBE_NOISE.blocked).toBe(true);
        if (n === 0) expect(count).toBe(0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('differs under another key', () => {
    const under = (secret: Uint8Array): number[] =>
      Array.from({ length: 50 }, (_, i) => perturb(100, BigInt(i), table, secret));
    expect(under(key)).not.toEqual(under(Buffer.alloc(32, 8)));
  });

  it.each([
    ['0', 0, 0],
    ['1', 1, 1],
    ['2', 2, 2],
    ['3 to 5', 3, 5],
    ['6 to 20', 6, 20],
    ['over 20', 21, 5_000],
  ])('is right on average where the true one is %s', (_, from, to) => {
    const secret = randomBytes(32);
    const cells = 20_000;
    let [sum, square] = [0, 0];
    for (let i = 0; i < cells; i += 1) {
      const n = from + (i % (to - from + 1));
      const noise = perturb(n, BigInt(i) * 7_919n, table, secret) - n;
      [sum, square] = [sum + noise, square + noise ** 2];
    }
    const error = Math.sqrt(CUBE_NOISE.variance / cells);
    expect(Math.abs(sum / cells)).toBeLessThan(5 * error);
    // The noise is at most five, so that the fourth moment is at most 25 times the variance.
    const expected = from === 0 ? 0 : CUBE_NOISE.variance;
    expect(Math.abs(square / cells - expected)).toBeLessThanOrEqual(5 * Math.sqrt((25 * expected) / cells));
  });

  it('has the chances of its row of the table', () => {
    const secret = randomBytes(32);
    for (const n of [1, 4, 7, 1_000]) {
      const row = [...(table.rows[Math.min(n, table.rows.length - 1)] ?? [])];
      const chances = row.map((threshold, i) => (threshold - (row[i - 1] ?? 0)) / PARTS);
      const moves = Array.from({ length: 20_000 }, (_, i) => perturb(n, BigInt(i), table, secret) - n);
      const seen = tally(
        row.length,
        moves.map((move) => move + CUBE_NOISE.most),
      );
      const possible = chances.map((chance, i) => ({ chance, seen: seen[i] ?? 0 })).filter(({ chance }) => chance > 0);
      expect(possible.reduce((sum, each) => sum + each.seen, 0)).toBe(20_000);
      const distance = chiSquare(
        possible.map((each) => each.seen),
        (i) => 20_000 * (possible[i]?.chance ?? 0),
      );
      expect(distance).toBeLessThan(critical(possible.length - 1));
    }
  });

  it('is made of the first bits of an HMAC of the count and the sum', () => {
    for (let n = 1; n < 40; n += 1) {
      const sum = BigInt(n) * 123_456_789_123n;
      const message = Buffer.from(
        n.toString(16).padStart(16, '0') + (sum % 2n ** 32n).toString(16).padStart(8, '0'),
        'hex',
      );
      const random = createHmac('sha256', key).update(message).digest().readUInt32BE();
      const row = [...(table.rows[Math.min(n, table.rows.length - 1)] ?? [])];
      expect(perturb(n, sum, table, key)).toBe(n + row.findIndex((threshold) => random < threshold) - CUBE_NOISE.most);
    }
  });

  it('is of no count or sum below zero, no fraction, and under no short key', () => {
    for (const n of [-1, 0.5, Number.NaN, 2 ** 53]) expect(() => perturb(n, 0n, table, key)).toThrow(RangeError);
    expect(() => perturb(1, -1n, table, key)).toThrow(RangeError);
    expect(() => perturb(1, 1n, table, key.subarray(1))).toThrow(RangeError);
  });
});

describe('a record key', () => {
  it('is fixed for a case, however its id is written', () => {
    const uuid = randomUUID();
    expect(recordKey(key, uuid)).toBe(recordKey(key, uuid.toUpperCase()));
  });

  it('is a whole number below 2^32, and as often in each part of them', () => {
    const drawn = Array.from({ length: 20_000 }, () => recordKey(key, randomUUID()));
    expect(drawn.every((each) => Number.isInteger(each) && each >= 0 && each < PARTS)).toBe(true);
    const seen = tally(
      64,
      drawn.map((each) => Math.floor(each / (PARTS / 64))),
    );
    expect(chiSquare(seen, () => 20_000 / 64)).toBeLessThan(critical(63));
  });

  it('is the first bits of an HMAC of the sixteen bytes of the id', () => {
    const uuid = '00112233-4455-4677-8899-aabbccddeeff';
    const bytes = Buffer.from('00112233445546778899aabbccddeeff', 'hex');
    expect(recordKey(key, uuid)).toBe(createHmac('sha256', key).update(bytes).digest().readUInt32BE());
  });

  it('is of nothing but a UUID', () => {
    for (const other of ['', 'a', '00112233445546778899aabbccddeeff', `${randomUUID()}0`, `${randomUUID()}\n`]) {
      expect(() => recordKey(key, other)).toThrow(RangeError);
    }
  });
});

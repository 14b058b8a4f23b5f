import { describe, expect, it } from '@jest/globals';
import { setTimeout } from 'node:timers/promises';
import { inEvenTime } from './even-time.js';

const FLOOR = 40;
/** Timers may fire up to a millisecond early. */
const ALMOST = 2;

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await inEvenTime(work, FLOOR).catch(() => undefined);
  return performance.now() - began;
}

describe('work in even time', () => {
  it('is answered after the floor, whether it went well or badly', async () => {
    expect(await timeOf(() => Promise.resolve())).toBeGreaterThanOrEqual(FLOOR - ALMOST);
    expect(await timeOf(() => Promise.reject(new Error()))).toBeGreaterThanOrEqual(FLOOR - ALMOST);
  });

  it('that takes longer than the floor is answered after twice the floor', async () => {
    expect(await timeOf(() => setTimeout(FLOOR + 5))).toBeGreaterThanOrEqual(2 * FLOOR - ALMOST);
  });

  it('gives what the work gave, and throws what it threw', async () => {
    await expect(inEvenTime(() => Promise.resolve(7), 1)).resolves.toBe(7);
    await expect(inEvenTime(() => Promise.reject(new Error('no')), 1)).rejects.toThrow('no');
  });
});

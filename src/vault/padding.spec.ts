import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyText, expectClosed } from '../../test/vault/people.js';
import { utf8 } from './bytes.js';
import { PADDED_LENGTHS, pad, paddedLength, unpad } from './padding.js';
import { ContentTooLong } from './suite.js';

describe('padding', () => {
  it('gives any text one of four lengths, and the text back', () => {
    const texts = fc.tuple(anyText, fc.integer({ min: 1, max: 400 })).map(([text, times]) => text.repeat(times));
    fc.assert(
      fc.property(texts, (text) => {
        const bytes = utf8(JSON.stringify({ text }));
        fc.pre(bytes.length < 131_072);
        const padded = pad(bytes);
        expect(PADDED_LENGTHS).toContain(padded.length);
        expect(Buffer.from(unpad(padded)).equals(bytes)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('counts bytes: a te reo macron is two', () => {
    expect(pad(utf8('a'.repeat(2047)))).toHaveLength(2048);
    expect(pad(utf8('ā'.repeat(1023)))).toHaveLength(2048);
    expect(pad(utf8('ā'.repeat(1024)))).toHaveLength(8192);
  });

  it.each([
    [0, 2048],
    [2047, 2048],
    [2048, 8192],
    [8191, 8192],
    [8192, 32768],
    [32767, 32768],
    [32768, 131072],
    [131071, 131072],
  ])('%i bytes become %i', (length, padded) => {
    expect(paddedLength(length)).toBe(padded);
  });

  it('refuses what does not fit 128 KiB as too long, which is not the error of opening', () => {
    expect(() => pad(new Uint8Array(131_072))).toThrow(ContentTooLong);
  });

  it('takes off nothing but its own padding', async () => {
    const longer = new Uint8Array(8192);
    longer.set(pad(utf8('short')));
    const unmarked = pad(utf8('short'));
    unmarked[5] = 0x81;
    for (const bytes of [longer, unmarked, new Uint8Array(2048), new Uint8Array(0), pad(utf8('short')).subarray(1)]) {
      await expectClosed(() => unpad(bytes));
    }
  });
});

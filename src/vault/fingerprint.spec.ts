import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encode } from './bytes.js';
import { fingerprintWords } from './fingerprint.js';

const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('the words of a key', () => {
  it('are eight, always the same, and say the lowest bits of its thumbprint', () => {
    fc.assert(
      fc.property(bytes, (kid) => {
        const words = fingerprintWords(encode(kid));
        expect(words).toHaveLength(8);
        expect(fingerprintWords(encode(kid))).toEqual(words);
      }),
    );
    expect(fingerprintWords(encode(new Uint8Array(32)))).toEqual(Array(8).fill('abacus'));
  });

  it('are other words for another key', () => {
    fc.assert(
      fc.property(bytes, bytes, (one, other) => {
        fc.pre(encode(one) !== encode(other));
        expect(fingerprintWords(encode(one))).not.toEqual(fingerprintWords(encode(other)));
      }),
    );
  });

  it('are not made of what is no thumbprint', () => {
    expect(() => fingerprintWords('short')).toThrow(TypeError);
  });
});

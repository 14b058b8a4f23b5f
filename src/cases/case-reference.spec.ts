import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { makeReference, readReference } from './case-reference.js';

const SYMBOLS = '1 2 3 4 5 6 7 8 9 A B C D E F G H J K M N P Q R S T V W X Y Z'.split(' ');
const anyReference = fc.constant(null).map(() => makeReference());

describe('a case reference', () => {
  it('is read back however it is typed', () => {
    fc.assert(
      fc.property(anyReference, (reference) => {
        expect(readReference(reference)).toBe(reference);
        expect(readReference(` ${reference.toLowerCase().replaceAll('-', ' ')} `)).toBe(reference);
        expect(readReference(reference.replaceAll('1', 'l'))).toBe(reference);
      }),
    );
  });

  it('is refused when any one symbol is wrong', () => {
    fc.assert(
      fc.property(anyReference, fc.nat(10), fc.constantFrom(...SYMBOLS), (reference, at, wrong) => {
        const bare = reference.replaceAll('-', '');
        fc.pre(bare.charAt(at) !== wrong);
        expect(readReference(bare.slice(0, at) + wrong + bare.slice(at + 1))).toBeNull();
      }),
    );
  });

  it('is refused when any two neighbours are swapped', () => {
    fc.assert(
      fc.property(anyReference, fc.nat(9), (reference, at) => {
        const bare = reference.replaceAll('-', '');
        fc.pre(bare.charAt(at) !== bare.charAt(at + 1));
        const swapped = bare.slice(0, at) + bare.charAt(at + 1) + bare.charAt(at) + bare.slice(at + 2);
        expect(readReference(swapped)).toBeNull();
      }),
    );
  });

  it('is refused, and quickly, when it is nothing of the kind', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 10_000 }), (typed) => {
        const read = readReference(typed);
        expect(read === null || /^[1-9A-Z]{4}-[1-9A-Z]{4}-[1-9A-Z]{3}$/.test(read)).toBe(true);
      }),
    );
  });
});

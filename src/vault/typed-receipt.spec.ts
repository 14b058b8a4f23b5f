import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { makeReceipt } from './receipt.js';
import { receiptProblem } from './typed-receipt.js';

const places = fc.integer({ min: 0, max: 7 });

describe('typed words', () => {
  it('could be a receipt when there are eight and all are in the list, however they are spaced', () => {
    fc.assert(
      fc.property(fc.constantFrom(' ', '  ', '\n', ', ', '; '), (separator) => {
        expect(receiptProblem(makeReceipt().split(' ').join(separator))).toBeNull();
      }),
    );
  });

  it('are named, with their place, when they are not in the list', () => {
    fc.assert(
      fc.property(places, (place) => {
        const words = makeReceipt()
          .split(' ')
          .map((word, at) => (at === place ? 'xqzw' : word.replace('-', '')));
        const problem = receiptProblem(words.join(' '));
        expect(problem?.code).toBe('unknown_words');
        expect(problem).toMatchObject({ words: expect.arrayContaining(['xqzw']) });
        expect(problem).toMatchObject({ places: expect.arrayContaining([place + 1]) });
      }),
    );
  });

  it('are counted when they are too few or too many', () => {
    expect(receiptProblem('')).toEqual({ code: 'word_count', typed: 0, wanted: 8 });
    expect(receiptProblem('abacus abdomen')).toEqual({ code: 'word_count', typed: 2, wanted: 8 });
    expect(receiptProblem(`${makeReceipt()} abacus`)).toEqual({ code: 'word_count', typed: 9, wanted: 8 });
  });
});

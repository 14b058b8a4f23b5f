import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { momentToAsk, RATING_MOMENTS } from './rating-questions.js';

const steps = fc.array(
  fc.constantFrom('lodged', 'placed', 'acknowledged', 'reply', 'message', 'handed_over', 'closed', 'reopened'),
);

describe('the moment at which somebody is asked', () => {
  it('is none before the agency did anything, and otherwise the last that was reached', () => {
    expect(momentToAsk(['lodged', 'placed', 'message'], [])).toBeNull();
    expect(momentToAsk(['lodged', 'acknowledged', 'reply', 'message'], [])).toBe('answered');
    expect(momentToAsk(['acknowledged', 'reply', 'closed', 'reopened'], ['answered'])).toBe('closed');
    expect(momentToAsk(['acknowledged', 'reply'], ['answered'])).toBeNull();
  });

  it('never comes twice, whatever happens', () => {
    fc.assert(
      fc.property(steps, fc.subarray([...RATING_MOMENTS]), (all, asked) => {
        const moment = momentToAsk(all, asked);
        expect(moment !== null && asked.includes(moment)).toBe(false);
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { WebhookTurns } from './webhook-turns.js';

describe('turns', () => {
  it('come one at a time to an agency, two at a time to all', () => {
    const turns = new WebhookTurns();
    const end = turns.take('a', false);
    expect(turns.take('a', false)).toBeNull();
    expect(turns.take('b', false)).not.toBeNull();
    expect(turns.take('c', false)).toBeNull();
    end?.();
    expect(turns.take('c', false)).not.toBeNull();
  });

  it('come one at a time to all that fail, so that one is left for those that answer', () => {
    const turns = new WebhookTurns();
    const end = turns.take('a', true);
    expect(turns.take('b', true)).toBeNull();
    expect(turns.take('c', false)).not.toBeNull();
    end?.();
    expect(turns.take('b', true)).not.toBeNull();
  });
});

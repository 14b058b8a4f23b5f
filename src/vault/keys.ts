import {
  CompactEncrypt,
  calculateJwkThumbprint,
  compactDecrypt,
  exportJWK,
  generateKeyPair,
  type CryptoKey,
} from 'jose';
import { derive, fromUtf8, isBase64url, utf8 } from './bytes.js';
import { is, isHash, readForm, readJson, readJwe, requireInput } from './form.js';
import {
  DIRECT,
  SUITE,
  failClosed,
  requireThat,
  type Base64url,
  type Bytes,
  type CompactJwe,
  type KeyId,
} from './suite.js';

/** What a key pair is for: being granted keys (ECDH) or signing (ECDSA). One pair never does both. */
export type KeyUse = 'agreement' | 'signing';

/** A public key on P-384, with no member but these. */
export interface PublicJwk {
  kty: 'EC';
  crv: 'P-384';
  x: Base64url;
  y: Base64url;
}

export interface PrivateJwk extends PublicJwk {
  d: Base64url;
}

export interface PublicKey {
  kid: KeyId;
  jwk: PublicJwk;
}

/** A key pair as it is made, its private part in clear: to be sealed or granted, and then let go. */
export interface MadeKey extends PublicKey {
  privateJwk: PrivateJwk;
}

/** A key pair in use: the private part does its work and cannot be taken out again. */
export interface HeldKey extends PublicKey {
  privateKey: CryptoKey;
}

/** Whose name a signature is in. A {@link HeldKey} made for signing is one. */
export interface Signer {
  kid: KeyId;
  privateKey: CryptoKey;
}

/** Finds the verified public signing key of a kid; none means that the signature does not count. */
export type FindKey = (kid: KeyId) => CryptoKey | undefined | Promise<CryptoKey | undefined>;

/** Whose private keys are sealed: the purpose separates secrets that could otherwise stand in for each other. */
export type SealedKeysPurpose = 'mailbox' | 'staff';

const USES: readonly KeyUse[] = ['agreement', 'signing'];
const MAX_SEALED_KEYS = 2048;

const algorithms = {
  agreement: { jose: 'ECDH-ES+A256KW', web: 'ECDH', publicUsages: [], privateUsages: ['deriveBits'] },
  signing: { jose: 'ES384', web: 'ECDSA', publicUsages: ['verify'], privateUsages: ['sign'] },
} as const;

const coordinate = (value: unknown): value is Base64url => isBase64url(value, 48);
const publicForm = { kty: is('EC'), crv: is('P-384'), x: coordinate, y: coordinate };

/** A public JWK of exactly kty, crv, x and y on P-384. Form only. @throws VaultError */
export function readPublicJwk(value: unknown): PublicJwk {
  return readForm<PublicJwk>(value, publicForm);
}

/** Whether a value is a public JWK of exactly kty, crv, x and y on P-384. Form only. */
export function isPublicJwk(value: unknown): value is PublicJwk {
  try {
    return readPublicJwk(value) === value;
  } catch {
    return false;
  }
}

/** The kid of a key: its RFC 7638 SHA-256 thumbprint. */
export function thumbprint({ kty, crv, x, y }: PublicJwk): Promise<KeyId> {
  return calculateJwkThumbprint({ kty, crv, x, y }, 'sha256');
}

/** The public key, if its form is right and its kid is its thumbprint: a kid must not name another key. @throws VaultError */
export async function readPublicKey(value: unknown): Promise<PublicKey> {
  const key = readForm<PublicKey>(value, { kid: isHash, jwk: isPublicJwk });
  requireThat((await thumbprint(key.jwk)) === key.kid);
  return key;
}

/** Makes a key pair on P-384. */
export async function makeKeyPair(use: KeyUse): Promise<MadeKey> {
  const pair = await generateKeyPair(algorithms[use].jose, { crv: 'P-384', extractable: true });
  const { x, y, d } = (await exportJWK(pair.privateKey)) as PrivateJwk;
  const jwk: PublicJwk = { kty: 'EC', crv: 'P-384', x, y };
  return { kid: await thumbprint(jwk), jwk, privateJwk: { ...jwk, d } };
}

/** The public key for use. @throws VaultError where its form, its kid or its point is wrong. */
export function importPublicKey(key: PublicKey, use: KeyUse): Promise<CryptoKey> {
  return failClosed(async () => {
    const { jwk } = await readPublicKey({ kid: key.kid, jwk: key.jwk });
    const { web, publicUsages } = algorithms[use];
    return crypto.subtle.importKey('jwk', { ...jwk }, { name: web, namedCurve: 'P-384' }, true, [...publicUsages]);
  });
}

/** The private key for use, non-extractable. @throws VaultError where it is not a private key on P-384. */
export function importPrivateKey(value: PrivateJwk, use: KeyUse): Promise<HeldKey> {
  return failClosed(async () => {
    const { d, ...jwk } = readForm<PrivateJwk>(value, { ...publicForm, d: coordinate });
    const { web, privateUsages } = algorithms[use];
    const curve = { name: web, namedCurve: 'P-384' };
    const privateKey = await crypto.subtle.importKey('jwk', { ...jwk, d }, curve, false, [...privateUsages]);
    return { kid: await thumbprint(jwk), jwk, privateKey };
  });
}

/**
 * Refuses an agreement key whose private part is not that of its public part, which importing it does not everywhere show:
 * agrees with a fresh key from both sides. @throws VaultError
 */
export function requirePair(value: PrivateJwk): Promise<void> {
  return failClosed(async () => {
    const { jwk, privateKey, kid } = await importPrivateKey(value, 'agreement');
    const curve = { name: 'ECDH', namedCurve: 'P-384' };
    const fresh = await crypto.subtle.generateKey(curve, false, ['deriveBits']);
    const agree = async (own: CryptoKey, others: CryptoKey): Promise<string> =>
      new Uint8Array(await crypto.subtle.deriveBits({ name: 'ECDH', public: others }, own, 384)).toString();
    const publicKey = await importPublicKey({ kid, jwk }, 'agreement');
    requireThat((await agree(privateKey, fresh.publicKey)) === (await agree(fresh.privateKey, publicKey)));
  });
}

/**
 * Seals the private parts of one or both key pairs under a 256-bit secret: JWE `dir` + A256GCM under HKDF of it, with suite,
 * purpose and kid (of the agreement key, where there is one) in the protected header. @throws TypeError, VaultError
 */
export async function sealPrivateKeys(input: {
  wrappingKey: Bytes;
  purpose: SealedKeysPurpose;
  keys: Partial<Record<KeyUse, PrivateJwk>>;
}): Promise<CompactJwe> {
  const { wrappingKey, purpose, keys } = input;
  const named = keys.agreement ?? keys.signing;
  requireInput(named !== undefined, 'keys');
  requireInput(wrappingKey.length === 32, 'wrappingKey');
  const kid = await thumbprint(named);
  return new CompactEncrypt(utf8(JSON.stringify(keys)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid, suite: SUITE, purpose })
    .encrypt(await derive(wrappingKey, `keys ${purpose}`));
}

export interface SealedKeysHeader {
  alg: 'dir';
  enc: 'A256GCM';
  kid: KeyId;
  suite: typeof SUITE;
  purpose: SealedKeysPurpose;
}

/** The header of sealed private keys, by its form alone and without a key. @throws VaultError */
export function readSealedKeysHeader(jwe: unknown): SealedKeysHeader {
  const { header, encryptedKey } = readJwe(jwe, MAX_SEALED_KEYS);
  requireThat(encryptedKey === 0);
  return readForm<SealedKeysHeader>(header, {
    alg: is('dir'),
    enc: is('A256GCM'),
    kid: isHash,
    suite: is(SUITE),
    purpose: (value): value is SealedKeysPurpose => value === 'mailbox' || value === 'staff',
  });
}

/** Opens what {@link sealPrivateKeys} sealed, into non-extractable keys. @throws VaultError */
export function openPrivateKeys(input: {
  wrappingKey: Bytes;
  purpose: SealedKeysPurpose;
  sealedPrivate: CompactJwe;
}): Promise<Partial<Record<KeyUse, HeldKey>>> {
  return failClosed(async () => {
    const jwks = await openJwks(input);
    return {
      ...(jwks.agreement && { agreement: await importPrivateKey(jwks.agreement, 'agreement') }),
      ...(jwks.signing && { signing: await importPrivateKey(jwks.signing, 'signing') }),
    };
  });
}

/**
 * Seals private keys under a second secret, by who holds the first, and without handing them out. @throws VaultError
 */
export function resealPrivateKeys(input: {
  wrappingKey: Bytes;
  purpose: SealedKeysPurpose;
  sealedPrivate: CompactJwe;
  to: Bytes;
}): Promise<CompactJwe> {
  const { to: wrappingKey, purpose } = input;
  return failClosed(async () => sealPrivateKeys({ wrappingKey, purpose, keys: await openJwks(input) }));
}

function isKeyUse(value: string): value is KeyUse {
  return USES.some((use) => use === value);
}

/** What lies in sealed private keys, each of it a private key and the first of them the one that the header names. */
async function openJwks(input: {
  wrappingKey: Bytes;
  purpose: SealedKeysPurpose;
  sealedPrivate: CompactJwe;
}): Promise<Partial<Record<KeyUse, PrivateJwk>>> {
  const { wrappingKey, purpose, sealedPrivate } = input;
  const header = readSealedKeysHeader(sealedPrivate);
  requireThat(header.purpose === purpose && wrappingKey.length === 32);
  const opened = await compactDecrypt(sealedPrivate, await derive(wrappingKey, `keys ${purpose}`), DIRECT);
  const jwks: Partial<Record<KeyUse, PrivateJwk>> = {};
  for (const [use, jwk] of Object.entries(readJson(fromUtf8(opened.plaintext)))) {
    requireThat(isKeyUse(use));
    jwks[use] = readForm<PrivateJwk>(jwk, { ...publicForm, d: coordinate });
  }
  const named = jwks.agreement ?? jwks.signing;
  requireThat(named !== undefined && (await thumbprint(named)) === header.kid);
  return jwks;
}

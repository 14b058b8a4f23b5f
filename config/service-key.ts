import { base64url, calculateJwkThumbprint, compactVerify, importJWK, type CryptoKey, type JWK } from 'jose';
import { constants, createPublicKey, publicEncrypt, verify, webcrypto } from 'node:crypto';
import { SIGNED } from '../src/vault/suite.js';
import { SettingsError } from './settings.js';

/** The pairs of the service. */
export const KEY_NAMES = ['proofs', 'heads', 'webhooks', 'key-log', 'witness-one', 'witness-two', 'sealing'] as const;
export type KeyName = (typeof KEY_NAMES)[number];

/** Keys that signed promises before; what they signed is checked for ever (`proof-key.ts`). */
export const MOST_EARLIER_PROOF_KEYS = 99;
type PreviousProofKey = `proofs.previous.${string}`;

/** The name of one of them, from 1, oldest first. */
export function previousProofKey(number: number): PreviousProofKey {
  return `proofs.previous.${number.toString()}`;
}

/** And those of which only the public half is asked for: of earlier proofs, and while the key of webhooks is changed. */
export type PublicOnlyName = 'webhooks.next' | 'webhooks.previous' | PreviousProofKey;
export type PublicName = KeyName | PublicOnlyName;

const PUBLIC_ONLY = /^(?:webhooks\.(?:next|previous)|proofs\.previous\.[1-9]\d?)$/;

/** Whether only the public half of a key is there to be asked for, if it is there at all. */
export function isPublicOnly(name: string): name is PublicOnlyName {
  return PUBLIC_ONLY.test(name);
}

/** The RSA keys that sign what they do not see. */
export type BlindName = 'ratings';

/** The public half of an RSA key. */
export interface RsaPublic {
  readonly kty: 'RSA';
  readonly n: string;
  readonly e: string;
}

/** The public half of a key on P-384. */
export interface EcPublic {
  readonly kty: 'EC';
  readonly crv: 'P-384';
  readonly x: string;
  readonly y: string;
}

/**
 * Where the private halves lie: files, another process, a hardware module or a key service. It is asked to use a key and
 * never to show one.
 */
export interface KeyPlace {
  /** Undefined where there is no such key. */
  publicHalf(name: PublicName): Promise<EcPublic | undefined>;
  /** ECDSA on P-384 with SHA-384 over `data`: 96 bytes, r and s side by side (RFC 7518, 3.4). */
  sign(name: KeyName, data: Uint8Array): Promise<Uint8Array>;
  /** ECDH with another's public key: 48 bytes, the x coordinate (SEC 1, 3.3.1). */
  agree(name: KeyName, other: EcPublic): Promise<Uint8Array>;
  /** Undefined where there is no such key. */
  blindPublicHalf(name: BlindName): Promise<RsaPublic | undefined>;
  /**
   * RSASP1 (RFC 8017, 5.2.1) over what somebody blinded: as many bytes as the modulus has.
   *
   * @returns undefined where it is no number below the modulus
   */
  signBlindly(name: BlindName, blinded: Uint8Array): Promise<Uint8Array | undefined>;
}

/** A key of the service: what may be published of it. */
interface ServiceKey {
  /** RFC 7638 SHA-256 thumbprint of the public key, base64url. */
  readonly kid: string;
  /** The public key with its `kid`, `alg` and `use`, fit to be published. */
  readonly publicJwk: JWK;
  readonly publicKey: CryptoKey;
}

/** Signs for the service with ES384. */
export interface SigningKey extends ServiceKey {
  /**
   * @param payload bytes, or what is written as JSON
   * @param header `typ` says what is signed, so that no signature passes for one of another kind (RFC 8725, 3.11)
   * @returns a compact JWS (RFC 7515) with `alg` and `kid` in its protected header
   */
  sign(payload: Uint8Array | object, header: { readonly typ: string }): Promise<string>;
}

/** Opens what was sealed to the service. */
export interface SealingKey extends ServiceKey {
  /** ECDH with the ephemeral key of what was sealed. */
  agree(other: EcPublic): Promise<Uint8Array>;
}

/** Signs what it does not see, RSABSSA-SHA384-PSS-Deterministic (RFC 9474). */
export interface BlindSigningKey {
  /** RFC 7638 SHA-256 thumbprint of the public key, base64url. */
  readonly kid: string;
  /** The public key with its `kid`, `alg` and `use`, fit to be published. */
  readonly publicJwk: JWK;
  /** Whether this is a number below the modulus, as long as that is written. */
  maySign(blinded: Uint8Array): boolean;
  /** @returns the blind signature @throws {Error} where nothing of the kind can be signed */
  sign(blinded: Uint8Array): Promise<Uint8Array>;
  /** Whether an unblinded signature is ours over this message. */
  verifies(message: Uint8Array, signature: Uint8Array): boolean;
}

/** @throws {SettingsError} as {@link signingKey} */
export async function blindSigningKey(place: KeyPlace, name: BlindName): Promise<BlindSigningKey> {
  const found = await place.blindPublicHalf(name);
  if (!found) throw new SettingsError(`SERVICE_KEYS cannot be used: ${name} is missing.`);
  const kid = await calculateJwkThumbprint({ ...found });
  const key = createPublicKey({ key: { ...found }, format: 'jwk' });
  const sign: BlindSigningKey['sign'] = async (blinded) => {
    const signed = await place.signBlindly(name, blinded);
    if (!signed) throw new Error('not below the modulus');
    // RFC 9474, 4.3: a signature that came out wrong could give the key away.
    const back = publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, signed);
    if (!back.equals(blinded)) throw new Error('signing failure');
    return signed;
  };
  const modulus = Buffer.from(found.n, 'base64url');
  const two = new Uint8Array(modulus.length);
  two[two.length - 1] = 2;
  await sign(two).catch((cause: unknown) => {
    throw new SettingsError(`SERVICE_KEYS cannot be used: ${name} does not sign as its public half says.`, { cause });
  });
  const pss = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: PSS_SALT_BYTES };
  return {
    kid,
    publicJwk: { ...found, kid, alg: 'PS384', use: 'sig' },
    maySign: (blinded) => blinded.length === modulus.length && Buffer.compare(blinded, modulus) < 0,
    sign,
    verifies: (message, signature) => verify('sha384', message, pss, signature),
  };
}

const PSS_SALT_BYTES = 48;

/** @throws {SettingsError} where there is no such key, or its halves do not belong together */
export async function signingKey(place: KeyPlace, name: KeyName): Promise<SigningKey> {
  const key = await describe(place, name, 'ES384', 'sig');
  const sign: SigningKey['sign'] = async (payload, { typ }) => {
    const bytes = payload instanceof Uint8Array ? payload : JSON.stringify(payload);
    const header = base64url.encode(JSON.stringify({ alg: 'ES384', kid: key.kid, typ }));
    const signed = `${header}.${base64url.encode(bytes)}`;
    return `${signed}.${base64url.encode(await place.sign(name, Buffer.from(signed)))}`;
  };
  await compactVerify(await sign({}, { typ: 'onedoor-key-check' }), key.publicKey, SIGNED).catch((cause: unknown) => {
    throw new SettingsError(`SERVICE_KEYS cannot be used: ${name} does not sign as its public half says.`, { cause });
  });
  return { ...key, sign };
}

/** @throws {SettingsError} as {@link signingKey} */
export async function sealingKey(place: KeyPlace, name: KeyName): Promise<SealingKey> {
  const key = await describe(place, name, 'ECDH-ES+A256KW', 'enc');
  const agree: SealingKey['agree'] = (other) => place.agree(name, other);
  const { privateKey, jwk } = await ephemeral();
  const mine = await webcrypto.subtle.deriveBits({ name: 'ECDH', public: key.publicKey }, privateKey, 384);
  if (!Buffer.from(mine).equals(await agree(jwk))) {
    throw new SettingsError(`SERVICE_KEYS cannot be used: ${name} does not agree as its public half says.`);
  }
  return { ...key, agree };
}

/** What may be published of a key, with its id. */
export async function publishedJwk({ x, y }: EcPublic, alg: string, use: string): Promise<JWK & { kid: string }> {
  const bare = { kty: 'EC', crv: 'P-384', x, y } as const;
  return { ...bare, kid: await calculateJwkThumbprint(bare), alg, use };
}

async function describe(place: KeyPlace, name: KeyName, alg: string, use: string): Promise<ServiceKey> {
  const found = await place.publicHalf(name);
  if (!found) throw new SettingsError(`SERVICE_KEYS cannot be used: ${name} is missing.`);
  const publicJwk = await publishedJwk(found, alg, use);
  return { kid: publicJwk.kid, publicJwk, publicKey: await importJWK({ ...found }, alg) };
}

async function ephemeral(): Promise<{ privateKey: CryptoKey; jwk: EcPublic }> {
  const curve = { name: 'ECDH', namedCurve: 'P-384' };
  const { privateKey, publicKey } = await webcrypto.subtle.generateKey(curve, false, ['deriveBits']);
  const { x = '', y = '' } = await webcrypto.subtle.exportKey('jwk', publicKey);
  return { privateKey, jwk: { kty: 'EC', crv: 'P-384', x, y } };
}

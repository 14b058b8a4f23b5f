import { base64url, calculateJwkThumbprint, importJWK, type CryptoKey, type JWK } from 'jose';

/** The pairs of the service. */
export type KeyName = 'proofs' | 'heads' | 'sealing' | 'webhooks';

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
  publicHalf(name: KeyName): Promise<EcPublic>;
  /** ECDSA on P-384 with SHA-384 over `data`: 96 bytes, r and s side by side (RFC 7518, 3.4). */
  sign(name: KeyName, data: Uint8Array): Promise<Uint8Array>;
  /** ECDH with another's public key: 48 bytes, the x coordinate (SEC 1, 3.3.1). */
  agree(name: KeyName, other: EcPublic): Promise<Uint8Array>;
}

/** A key of the service: what may be published of it. */
export interface ServiceKey {
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

export async function signingKey(place: KeyPlace, name: KeyName): Promise<SigningKey> {
  const key = await describe(await place.publicHalf(name), 'ES384', 'sig');
  return {
    ...key,
    async sign(payload, { typ }) {
      const bytes = payload instanceof Uint8Array ? payload : JSON.stringify(payload);
      const header = base64url.encode(JSON.stringify({ alg: 'ES384', kid: key.kid, typ }));
      const signed = `${header}.${base64url.encode(bytes)}`;
      return `${signed}.${base64url.encode(await place.sign(name, Buffer.from(signed)))}`;
    },
  };
}

export async function sealingKey(place: KeyPlace, name: KeyName): Promise<SealingKey> {
  const key = await describe(await place.publicHalf(name), 'ECDH-ES+A256KW', 'enc');
  return { ...key, agree: (other) => place.agree(name, other) };
}

/** @throws {Error} where it is no point on P-384 */
async function describe({ x, y }: EcPublic, alg: string, use: string): Promise<ServiceKey> {
  const bare = { kty: 'EC', crv: 'P-384', x, y } as const;
  const kid = await calculateJwkThumbprint(bare);
  return { kid, publicJwk: { ...bare, kid, alg, use }, publicKey: await importJWK(bare, alg) };
}

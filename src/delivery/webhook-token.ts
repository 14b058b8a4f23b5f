import { CompactEncrypt } from 'jose';
import type { SigningKey } from '../../config/service-key.js';
import type { WebhookEvent } from '../agencies/webhook-call.entity.js';
import { importPublicKey, type PublicKey } from '../vault/keys.js';
import type { WebhookBundle } from './webhook-bundle.js';

/** Says what a token of ours is, so that no other that the service signs can be passed off as one (RFC 8725, 3.11). */
const WEBHOOK_TYPE = 'onedoor-webhook+jwt';

export interface WebhookClaims {
  /** Origin of this service. */
  readonly issuer: string;
  /** The agency. */
  readonly audience: string;
  /** Of the call, the same at every try: by it the receiver tells what it has taken already. */
  readonly id: string;
  readonly event: WebhookEvent;
  /** From {@link sealBundle}; none of a test. */
  readonly sealed: string | null;
}

/**
 * The body of a call: a JWT signed with ES384 (RFC 7519), in compact form. `iat` is this moment, so that the receiver can
 * refuse what is older than its window.
 */
export function signWebhook(key: SigningKey, claims: WebhookClaims, now = new Date()): Promise<string> {
  const { issuer, audience, id, event, sealed } = claims;
  const registered = { iss: issuer, aud: audience, jti: id, iat: Math.floor(now.getTime() / 1000) };
  return key.sign({ event, ...(sealed === null ? {} : { sealed }), ...registered }, { typ: WEBHOOK_TYPE });
}

/**
 * Seals the whole bundle once more to the agency's complaints key (JWE, ECDH-ES+A256KW, A256GCM): its words are sealed
 * already, its reference, facets and days are not. Whoever set the address, an administrator who reads no case, and
 * whatever ends TLS on the way learn no more than that something came.
 */
export async function sealBundle(bundle: WebhookBundle, reader: PublicKey): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(bundle)))
    .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid: reader.kid, cty: 'json' })
    .encrypt(await importPublicKey(reader, 'agreement'));
}

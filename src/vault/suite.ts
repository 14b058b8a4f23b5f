/** The one suite of algorithms in use. It stands in every protected header, so that a second can be told apart. */
export const SUITE = 'onedoor-seal-1';

/** The only algorithms of what is sealed directly under a key (RFC 7518, 4.5 and 5.3), whatever a header asks for. */
export const DIRECT = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] };
/** The only algorithms of what is sealed to a key of somebody (RFC 7518, 4.6 and 5.3), whatever a header asks for. */
export const WRAPPED = { keyManagementAlgorithms: ['ECDH-ES+A256KW'], contentEncryptionAlgorithms: ['A256GCM'] };
/** Bytes of a 256-bit key in AES key wrap (RFC 3394). */
export const WRAPPED_KEY = 40;
/** The only algorithm of what is signed (RFC 7518, 3.4). */
export const SIGNED = { algorithms: ['ES384'] };

/** Bytes that WebCrypto takes and gives. */
export type Bytes = Uint8Array<ArrayBuffer>;
/** Base64url without padding (RFC 4648 section 5), in its one canonical spelling. */
export type Base64url = string;
/** A case's id: a lower-case UUID chosen by whoever seals. */
export type CaseId = string;
/** An item's id: a lower-case UUID. */
export type ItemId = string;
/** A key's id: its RFC 7638 SHA-256 thumbprint, 43 characters of base64url. */
export type KeyId = string;
/** A JWE in compact serialization (RFC 7516). */
export type CompactJwe = string;
/** A JWS in compact serialization (RFC 7515). */
export type CompactJws = string;
/** Anything that JSON writes as an object. */
export type JsonObject = Record<string, unknown>;

export const CASE_KEY_NAMES = ['case', 'identity', 'desk', 'referral'] as const;
/**
 * The keys a case may have: what everyone on it reads, who the person is, what the agency keeps to itself, and what is
 * said about handing it on (one epoch for each referral).
 */
export type CaseKeyName = (typeof CASE_KEY_NAMES)[number];

export const ITEM_KINDS = [
  'statement',
  'identity',
  'message',
  'reply',
  'note',
  'referral',
  'excerpt',
  'countersignature',
] as const;
/**
 * What an item is; an excerpt is what of one case was passed on into a part of it, and with a countersignature an officer says
 * that what they opened is what was promised.
 */
export type ItemKind = (typeof ITEM_KINDS)[number];

/** The one error of everything that does not open or verify. It never says why, and carries no cause. */
export class VaultError extends Error {
  readonly code = 'cannot_open';

  constructor() {
    super('This cannot be opened.');
    this.name = 'VaultError';
  }
}

/** The content is more than one item may hold: a mistake of whoever typed, who should be told, and no failure to open. */
export class ContentTooLong extends Error {
  readonly code = 'too_long';

  constructor() {
    super('This is too long for one item.');
    this.name = 'ContentTooLong';
  }
}

/** Runs `work` and turns whatever it throws into {@link VaultError}: an opener must not tell one failure from another. */
export async function failClosed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch {
    throw new VaultError();
  }
}

/** What `work` gives, or null where something does not open or verify. */
export async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof VaultError) return null;
    throw error;
  }
}

/** Fails with {@link VaultError} unless `condition` holds. */
export function requireThat(condition: boolean): asserts condition {
  if (!condition) throw new VaultError();
}

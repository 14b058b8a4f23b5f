import type { ClearItem, LodgingOpening } from './commitment.js';
import { is, isCaseKeyName, isHash, isItemKind, isObject, isText, isUuid, readForm, readJws } from './form.js';
import type { HashPath, KeyPins, WitnessedHead } from './key-heads.js';
import { isDay } from './key-log.js';
import type { AddedProof } from './key-people.js';
import { isPublicJwk, type PublicJwk } from './keys.js';
import { requireThat, VaultError, type CompactJws, type JsonObject, type KeyId } from './suite.js';

// What a person saves, by its form. `proof.ts` checks what it says.

/** Names of the forms of files. */
export const PROOF = 'onedoor-proof-1';
export const OPENING = 'onedoor-opening-1';
export const PROOF_KEYS = 'onedoor-proof-keys-1';

/** Kept in the protected header, so that no other signature can pass for one of these. */
export const PROMISE_TYPE = 'onedoor-promise-1';

/** Most characters of a signature that is looked at. */
export const MAX_PROMISE = 2048;
const AGENCY = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/**
 * The signed promise that something was lodged. `signature` is a compact JWS (ES384) of `{root, size}`, the head of an
 * RFC 6962 tree; `index` and `path` lead from the commitment to that head. It shows the commitment and nothing else.
 */
export interface SignedPromise {
  /** base64url of 32 bytes: made where the words were sealed. */
  readonly commitment: string;
  readonly index: number;
  readonly size: number;
  /** Inclusion path, base64url hashes, RFC 6962 section 2.1.1. */
  readonly path: readonly string[];
  readonly signature: string;
}

/** An entry of the log of keys with its path. */
interface LogPlace {
  readonly entry: string;
  readonly index: number;
  readonly path: HashPath;
}

/** That the commitment is among those of a day, and that the log of keys has that day. */
export interface LoggedCommitment extends WitnessedHead {
  /** Where it lies in the tree of its day. */
  readonly leaf: { readonly index: number; readonly size: number; readonly path: HashPath };
  /** The day's entry. */
  readonly place: LogPlace;
}

/** That an officer opened it, with what shows that their key is one of an agency's. */
export interface Countersigned {
  readonly signature: CompactJws;
  readonly jwk: PublicJwk;
  readonly logged: AddedProof;
}

/** What a person saves as proof: no word of what they said. */
export interface ProofFile {
  readonly format: typeof PROOF;
  readonly promise: SignedPromise;
  /** Null until the night after. */
  readonly day: LoggedCommitment | null;
  /** Null until somebody opened it, and in what is given out without the receipt. */
  readonly countersignature: Countersigned | null;
  /** Kids of the published keys that it is checked with. */
  readonly keys: { readonly promise: KeyId; readonly log: KeyId | null; readonly witnesses: readonly KeyId[] };
}

/** What a person saves as evidence: all that they said. */
export interface OpeningFile {
  readonly format: typeof OPENING;
  readonly promise: SignedPromise;
  readonly opening: LodgingOpening;
}

/** The published keys that a proof is checked with. */
export interface ProofKeys {
  readonly format: typeof PROOF_KEYS;
  /** Those that sign promises, now or before. */
  readonly promises: readonly PublicJwk[];
  readonly log: PublicJwk;
  readonly witnesses: KeyPins['witnesses'];
}

/** What was found in the files, beside promises. */
export interface Parts {
  opening?: LodgingOpening;
  day?: LoggedCommitment;
  countersignature?: Countersigned;
}

/**
 * The keys of their file.
 *
 * @throws {VaultError}
 */
export function readProofKeys(value: unknown): ProofKeys {
  return readForm<ProofKeys>(value, {
    format: is(PROOF_KEYS),
    promises: (keys): keys is PublicJwk[] => Array.isArray(keys) && keys.every(isPublicJwk),
    log: isPublicJwk,
    witnesses: (named): named is ProofKeys['witnesses'] =>
      Array.isArray(named) &&
      named.every(
        (one: unknown) =>
          isObject(one) && Object.keys(one).length === 2 && typeof one.name === 'string' && isPublicJwk(one.jwk),
      ),
  });
}

/** What a file is, or null: a bare promise, as it is answered, is one too. */
export function readFile(file: unknown): (Parts & { readonly promise: SignedPromise }) | null {
  try {
    requireThat(isObject(file));
    if (file.format === PROOF) {
      const { promise, day, countersignature, keys } = readForm<ProofFile>(file, {
        format: is(PROOF),
        promise: isPromise,
        day: orNullForm(isLoggedCommitment),
        countersignature: orNullForm(isCountersigned),
        keys: isKeys,
      });
      requireThat(JSON.stringify(keys) === JSON.stringify(keysNamedIn(promise, day)));
      return { promise, ...(day && { day }), ...(countersignature && { countersignature }) };
    }
    if (file.format === OPENING) {
      const { promise, opening } = readForm<OpeningFile>(file, {
        format: is(OPENING),
        promise: isPromise,
        opening: isOpening,
      });
      return { promise, opening };
    }
    requireThat(isPromise(file));
    return { promise: file };
  } catch (error) {
    if (error instanceof VaultError) return null;
    throw error;
  }
}

/** Kids of the keys with which a proof is to be checked: those of its signatures. @throws {VaultError} */
export function keysNamedIn(promise: SignedPromise, day: LoggedCommitment | null): ProofFile['keys'] {
  return {
    promise: kidOf(promise.signature),
    log: day && kidOf(day.head),
    witnesses: day ? day.cosignatures.map(kidOf) : [],
  };
}

/** The kid in a signature's header, not verified. @throws {VaultError} */
export function kidOf(jws: CompactJws): KeyId {
  const { kid } = readJws(jws, MAX_PROMISE).header;
  requireThat(isHash(kid));
  return kid;
}

function orNullForm<T>(form: (value: unknown) => value is T): (value: unknown) => value is T | null {
  return (value): value is T | null => value === null || form(value);
}

/** Whether a value has a form; what is malformed within it makes it none. */
function has<T extends object>(value: unknown, form: Parameters<typeof readForm<T>>[1]): value is T {
  try {
    return readForm<T>(value, form) === value;
  } catch {
    return false;
  }
}

const isPath = (value: unknown): value is string[] => Array.isArray(value) && value.every(isHash);
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isPromise(value: unknown): value is SignedPromise {
  return has<SignedPromise>(value, {
    commitment: isHash,
    index: isCount,
    size: isCount,
    path: isPath,
    signature: isText,
  });
}

function isPlace(value: unknown): value is LogPlace {
  return has<LogPlace>(value, { entry: isText, index: isCount, path: isPath });
}

function isLoggedCommitment(value: unknown): value is LoggedCommitment {
  return has<LoggedCommitment>(value, {
    leaf: (leaf): leaf is LoggedCommitment['leaf'] =>
      has<LoggedCommitment['leaf']>(leaf, { index: isCount, size: isCount, path: isPath }),
    place: isPlace,
    head: isText,
    cosignatures: isTexts,
  });
}

function isCountersigned(value: unknown): value is Countersigned {
  return has<Countersigned>(value, {
    signature: isText,
    jwk: isPublicJwk,
    logged: (logged): logged is AddedProof =>
      has<AddedProof>(logged, {
        entries: (entries): entries is LogPlace[] => Array.isArray(entries) && entries.every(isPlace),
        head: isText,
        cosignatures: isTexts,
      }),
  });
}

function isKeys(value: unknown): value is ProofFile['keys'] {
  return has<ProofFile['keys']>(value, { promise: isHash, log: orNullForm(isHash), witnesses: isPath });
}

function isOpening(value: unknown): value is LodgingOpening {
  return has<LodgingOpening>(value, {
    items: (items): items is LodgingOpening['items'] =>
      Array.isArray(items) && items.length <= 16 && items.every((item) => isHash(item) || isClearItem(item)),
    receiver: (id): id is string => isText(id) && AGENCY.test(id),
    day: isDay,
    nonce: isHash,
  });
}

function isClearItem(value: unknown): value is ClearItem {
  return has<ClearItem>(value, {
    id: isUuid,
    key: isCaseKeyName,
    kind: isItemKind,
    content: (content): content is JsonObject => isObject(content),
  });
}

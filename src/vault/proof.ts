import { compactVerify } from 'jose';
import { decode } from './bytes.js';
import { digestsOf, verifyCommitment, type ClearItem, type LodgingOpening } from './commitment.js';
import { verifyCountersignature } from './countersignature.js';
import { is, isCaseKeyName, isHash, isItemKind, isObject, isUuid, readForm, readJson, readJws } from './form.js';
import {
  isInLog,
  isLeaf,
  KeyDoubted,
  verifySeen,
  type HashPath,
  type KeyHead,
  type KeyPins,
  type WitnessedHead,
} from './key-heads.js';
import { isDay, readEntry } from './key-log.js';
import { addedAmong, type AddedProof } from './key-people.js';
import { importPublicKey, readPublicJwk, thumbprint, type PublicJwk } from './keys.js';
import {
  requireThat,
  SIGNED,
  VaultError,
  type Base64url,
  type CompactJws,
  type JsonObject,
  type KeyId,
} from './suite.js';

// What a person saves, and how anybody checks it: offline, in a browser and in Node by the same lines.

/** Names of the forms of files. */
export const PROOF = 'onedoor-proof-1';
export const OPENING = 'onedoor-opening-1';
export const PROOF_KEYS = 'onedoor-proof-keys-1';

/** Kept in the protected header, so that no other signature can pass for one of these. */
export const PROMISE_TYPE = 'onedoor-promise-1';

const MAX_PROMISE = 2048;
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
interface Countersigned {
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

/** One thing that is shown, is left open, or is wrong. Each code has a sentence. */
export interface Finding {
  readonly code: FindingCode;
  readonly is: 'shown' | 'open' | 'wrong';
  readonly values: Readonly<Record<string, string>>;
}

/** Every sentence that there is. */
export const FINDING_CODES = [
  'unreadable',
  'not_together',
  'keys_unreadable',
  'no_promise',
  'promised',
  'promise_wrong',
  'opened',
  'opening_wrong',
  'no_opening',
  'kept_back',
  'logged',
  'log_wrong',
  'logged_later',
  'not_logged',
  'could_be_read',
  'countersignature_wrong',
  'name_not_read',
  'lodging_only',
] as const;
type FindingCode = (typeof FINDING_CODES)[number];

/** What checking came to. */
export interface ProofReport {
  /** Whether nothing is wrong, and at least the promise holds. */
  readonly holds: boolean;
  readonly says: readonly Finding[];
  /** What was said, where the opening is that of the promise. */
  readonly words: readonly ClearItem[];
}

/** What was found in the files, beside promises. */
interface Parts {
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
    promises: (keys): keys is PublicJwk[] => Array.isArray(keys) && keys.every(isJwk),
    log: isJwk,
    witnesses: (named): named is ProofKeys['witnesses'] =>
      Array.isArray(named) &&
      named.every(
        (one: unknown) =>
          isObject(one) && Object.keys(one).length === 2 && typeof one.name === 'string' && isJwk(one.jwk),
      ),
  });
}

/**
 * Checks what somebody saved, or was given: a promise, an opening, a proof, or several files of one lodging.
 *
 * @param files what was read of each as JSON
 * @param keys the published keys, from elsewhere than the files
 */
export async function verifyProof(files: readonly unknown[], keys: ProofKeys): Promise<ProofReport> {
  const parts: Parts = {};
  const promises: SignedPromise[] = [];
  for (const file of files) {
    const read = readFile(file);
    if (!read) return alone('unreadable');
    if (promises.some(({ commitment }) => commitment !== read.promise.commitment)) return alone('not_together');
    promises.push(read.promise);
    Object.assign(parts, read);
  }
  const [promise] = promises;
  if (!promise) return alone('no_promise');
  const says: Finding[] = [];
  // Each of them: it is signed anew whenever it is asked for.
  const kept = await Promise.all(promises.map((one) => isPromised(one, keys)));
  says.push(kept.every((one) => one) ? shown('promised') : wrong('promise_wrong'));
  const opened = await findOpening(promise, parts.opening, says);
  await findDay(promise, parts.day, opened, keys, says);
  await findCountersignature(promise, parts.countersignature, opened, keys, says);
  const holds = says.every((one) => one.is !== 'wrong');
  const words = holds && opened ? opened.items.filter((item) => typeof item !== 'string') : [];
  return { holds, says, words };
}

function alone(code: FindingCode): ProofReport {
  return { holds: false, says: [wrong(code)], words: [] };
}

function shown(code: FindingCode, values: Finding['values'] = {}): Finding {
  return { code, is: 'shown', values };
}

function open(code: FindingCode, values: Finding['values'] = {}): Finding {
  return { code, is: 'open', values };
}

function wrong(code: FindingCode): Finding {
  return { code, is: 'wrong', values: {} };
}

async function isPromised(
  { commitment, index, size, path, signature }: SignedPromise,
  keys: ProofKeys,
): Promise<boolean> {
  try {
    const { header, payload } = readJws(signature, MAX_PROMISE);
    const { kid } = readForm(header, { alg: is('ES384'), kid: isHash, typ: is(PROMISE_TYPE) });
    const head = readForm<{ root: Base64url; size: number }>(readJson(payload), { root: isHash, size: isCount });
    const kids = await Promise.all(keys.promises.map(thumbprint));
    const jwk = keys.promises[kids.indexOf(kid)];
    requireThat(jwk !== undefined && head.size === size);
    await compactVerify(signature, await importPublicKey({ kid, jwk }, 'signing'), SIGNED);
    return await isLeaf(decode(commitment), { index, size, path, root: head.root });
  } catch {
    // Whatever it was: a promise that cannot be checked is none.
    return false;
  }
}

async function findOpening(
  { commitment }: SignedPromise,
  opening: LodgingOpening | undefined,
  says: Finding[],
): Promise<LodgingOpening | null> {
  if (!opening) {
    says.push(open('no_opening'));
    return null;
  }
  if ((await orNull(verifyCommitment(commitment, opening).then(() => true))) === null) {
    says.push(wrong('opening_wrong'));
    return null;
  }
  says.push(shown('opened', { receiver: opening.receiver, day: opening.day }));
  if (opening.items.some((item) => typeof item === 'string')) says.push(open('kept_back'));
  return opening;
}

async function findDay(
  { commitment }: SignedPromise,
  day: LoggedCommitment | undefined,
  opened: LodgingOpening | null,
  keys: ProofKeys,
  says: Finding[],
): Promise<void> {
  if (!day) {
    says.push(open('not_logged'));
    return;
  }
  try {
    const entry = readEntry(day.place.entry);
    const head = await verifyShown(day, keys);
    requireThat(entry.act === 'lodged' && (await isInLog(head, day.place)));
    requireThat(await isLeaf(decode(commitment), { ...day.leaf, root: entry.root }));
    // Nothing that was sealed later can have been in it; but the clock of a device can be ahead at midnight.
    requireThat(!opened || opened.day <= nextDay(entry.on));
    says.push(shown('logged', { on: entry.on, at: head.at.slice(0, 10) }));
    if (opened && entry.on > nextDay(opened.day)) says.push(open('logged_later', { on: entry.on, day: opened.day }));
  } catch (error) {
    if (!(error instanceof VaultError || error instanceof KeyDoubted)) throw error;
    says.push(wrong('log_wrong'));
  }
}

async function findCountersignature(
  { commitment }: SignedPromise,
  countersigned: Countersigned | undefined,
  opened: LodgingOpening | null,
  keys: ProofKeys,
  says: Finding[],
): Promise<void> {
  if (!countersigned) {
    says.push(open('lodging_only'));
    return;
  }
  try {
    const { signature, jwk, logged } = countersigned;
    const kid = await thumbprint(jwk);
    const said = await verifyCountersignature(signature, { kid, jwk });
    requireThat(said.commitment === commitment);
    const head = await verifyShown(logged, keys);
    const added = await addedAmong({ proof: logged, pins: keys, uses: ['signing'], kids: [kid] });
    requireThat(added.has(kid));
    const digests = opened ? await digestsOf(opened) : null;
    if (opened && digests) {
      requireThat(said.items[0] === digests[0] && said.items.every((digest) => digests.includes(digest)));
      requireThat(said.day >= opened.day);
    }
    says.push(shown('could_be_read', { agency: await agencyIn(head, logged, kid), on: said.day }));
    if (digests && said.items.length < digests.length) says.push(open('name_not_read'));
  } catch (error) {
    if (!(error instanceof VaultError || error instanceof KeyDoubted)) throw error;
    says.push(wrong('countersignature_wrong'));
  }
}

/** A head that witnesses saw, and beside it nothing but what is signed over it, each by another. @throws {KeyDoubted} */
async function verifyShown(witnessed: WitnessedHead, pins: KeyPins): Promise<KeyHead> {
  const { head, cosignatures } = witnessed;
  const { payload } = readJws(head, MAX_PROMISE);
  requireThat(cosignatures.every((one) => readJws(one, MAX_PROMISE).payload === payload));
  requireThat(new Set(cosignatures.map(kidOf)).size === cosignatures.length);
  return verifySeen(witnessed, pins);
}

/** The agency for which a key was added, by the first entry about it, which has to be in the log like all of them. */
async function agencyIn(head: KeyHead, { entries }: AddedProof, kid: KeyId): Promise<string> {
  for (const place of entries) {
    requireThat(await isInLog(head, place));
    const read = readEntry(place.entry);
    if (read.act === 'added' && read.use === 'signing' && read.kid === kid) return read.agency;
  }
  throw new VaultError();
}

function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

/** A bare promise, as it is answered, is a file too. */
function readFile(file: unknown): (Parts & { readonly promise: SignedPromise }) | null {
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
function kidOf(jws: CompactJws): KeyId {
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

const isText = (value: unknown): value is string => typeof value === 'string';
const isPath = (value: unknown): value is string[] => Array.isArray(value) && value.every(isHash);
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isJwk(value: unknown): value is PublicJwk {
  try {
    return readPublicJwk(value) === value;
  } catch {
    return false;
  }
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
    jwk: isJwk,
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

async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof VaultError) return null;
    throw error;
  }
}

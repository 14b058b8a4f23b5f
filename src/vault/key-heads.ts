import { compactVerify } from 'jose';
import { decode, utf8 } from './bytes.js';
import { is, isHash, readForm, readJson, readJws } from './form.js';
import { importPublicKey, readPublicKey, thumbprint, type PublicJwk, type PublicKey } from './keys.js';
import { hashOfLeaf, verifyConsistency, verifyInclusion } from './merkle-proofs.js';
import { KEY_LOG, readEntry, readStanding, type AgencyStanding, type LoggedUse } from './key-log.js';
import { requireThat, SIGNED, VaultError, type Base64url, type Bytes, type CompactJws, type KeyId } from './suite.js';

// What anybody checks before they believe in a key: who signed for the log, and that the key stands in it.

/** Kept in protected headers, so that no other signature can pass for one of these. */
export const HEAD_TYPE = 'onedoor-key-head';
export const WITNESS_TYPE = 'onedoor-key-witness';

/** So many witnesses must have seen a head before it counts. */
export const FEWEST_WITNESSES = 2;

/** Days after which a head is too old to say what stands now. */
const HEAD_DAYS = 7;

/** No tree of fewer than 2^64 leaves has a longer path. */
const LONGEST_PATH = 64;
const DAY_MS = 86_400_000;
const MAX_HEAD = 2048;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** The log at one moment. */
export interface KeyHead {
  log: typeof KEY_LOG;
  /** How many entries. */
  size: number;
  /** Root of the RFC 6962 tree over them. */
  root: Base64url;
  /** How many agencies have a key after them. */
  agencies: number;
  /** Root of the RFC 6962 tree over what stands of each of these, in the order of their ids. */
  standing: Base64url;
  /** When it was signed, in UTC, to the second. */
  at: string;
}

/** A path of an RFC 6962 tree as it travels: hashes in base64url. */
export type HashPath = readonly Base64url[];

/** A head with what witnesses signed over it. */
export interface WitnessedHead {
  readonly head: CompactJws;
  readonly cosignatures: readonly CompactJws[];
}

/** The keys by which a head is believed: they come with the scripts and not from whoever is asked. */
export interface KeyPins {
  readonly log: PublicJwk;
  readonly witnesses: readonly { readonly name: string; readonly jwk: PublicJwk }[];
}

/** Why a key is not believed. */
export type Doubt = 'head_forged' | 'too_few_witnesses' | 'head_too_old' | 'not_logged';

/** A key is not believed, so nothing may be sealed to it. */
export class KeyDoubted extends Error {
  constructor(readonly doubt: Doubt) {
    super('This key is not in the log of keys as it must be.');
    this.name = 'KeyDoubted';
  }
}

/** What shows that the readers of one agency stand in the log. */
export interface ReadersProof extends WitnessedHead {
  /** The leaf of the agency among what stands, and its path. */
  readonly standing: { readonly leaf: string; readonly index: number; readonly path: HashPath };
  /** The entry that added each of its readers, and its path. */
  readonly entries: readonly { readonly entry: string; readonly index: number; readonly path: HashPath }[];
}

/** A head's text, which the log and its witnesses sign. */
export function headText({ size, root, agencies, standing, at }: Omit<KeyHead, 'log'>): string {
  return JSON.stringify({ log: KEY_LOG, size, root, agencies, standing, at });
}

/** What a signature of either type says, not verified. @throws {VaultError} */
export function readHead(jws: CompactJws): KeyHead {
  return readForm<KeyHead>(readJson(readJws(jws, MAX_HEAD).payload), {
    log: is(KEY_LOG),
    size: isCount,
    root: isHash,
    agencies: isCount,
    standing: isHash,
    at: (value): value is string => typeof value === 'string' && TIME.test(value) && !Number.isNaN(Date.parse(value)),
  });
}

/**
 * The head, if the log signed it. Says nothing of witnesses.
 *
 * @throws {VaultError}
 */
export async function verifyHead(jws: CompactJws, log: PublicJwk): Promise<KeyHead> {
  await verifySigned(jws, HEAD_TYPE, { kid: await thumbprint(log), jwk: log });
  return readHead(jws);
}

/** The kid of the pinned witness who signed this very head; null for anything else. */
export async function witnessOf(
  cosignature: CompactJws,
  head: CompactJws,
  { log, witnesses }: KeyPins,
): Promise<KeyId | null> {
  try {
    const { header, payload } = readJws(cosignature, MAX_HEAD);
    requireThat(payload === readJws(head, MAX_HEAD).payload);
    for (const { jwk } of witnesses) {
      const kid = await thumbprint(jwk);
      // Whoever keeps the log watches nobody.
      if (header.kid !== kid || kid === (await thumbprint(log))) continue;
      await verifySigned(cosignature, WITNESS_TYPE, { kid, jwk });
      return kid;
    }
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
  }
  return null;
}

/**
 * A head that the log signed and that enough pinned witnesses saw, however long ago. What was in the log then is in it now;
 * whether it still stands, only a new head says.
 *
 * @throws {KeyDoubted}
 */
export async function verifySeen({ head, cosignatures }: WitnessedHead, pins: KeyPins): Promise<KeyHead> {
  const signed = await verifyHead(head, pins.log).catch((error: unknown) => {
    throw error instanceof VaultError ? new KeyDoubted('head_forged') : error;
  });
  const seen = await Promise.all(
    cosignatures.slice(0, 4 * pins.witnesses.length).map((cosignature) => witnessOf(cosignature, head, pins)),
  );
  // One witness who signs twice is one.
  if (new Set(seen.filter((kid) => kid !== null)).size < FEWEST_WITNESSES) throw new KeyDoubted('too_few_witnesses');
  return signed;
}

/**
 * The same, of a head that is not too old to say what stands.
 *
 * @param now milliseconds since 1970 of whoever asks
 * @throws {KeyDoubted}
 */
export async function verifyWitnessed(witnessed: WitnessedHead, pins: KeyPins, now: number): Promise<KeyHead> {
  const signed = await verifySeen(witnessed, pins);
  if (!isFresh(signed, now)) throw new KeyDoubted('head_too_old');
  return signed;
}

/** Whether a head is not too old to say what stands. @param now milliseconds since 1970 */
export function isFresh({ at }: Pick<KeyHead, 'at'>, now: number): boolean {
  return now - Date.parse(at) <= HEAD_DAYS * DAY_MS;
}

/** What readers of an agency are held to. */
interface AskedOfReaders {
  readonly proof: ReadersProof;
  readonly pins: KeyPins;
  readonly agency: string;
  /** What the readers may be logged for; any one of them will do. */
  readonly uses: readonly LoggedUse[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Checks that each reader stands in the log for this agency and this use, under a witnessed head: to be done by whoever
 * seals to keys that a server names, before anything is sealed.
 *
 * @throws {KeyDoubted}
 */
export async function verifyReaders(input: AskedOfReaders & { readonly readers: readonly PublicKey[] }): Promise<void> {
  const { readers, ...asked } = input;
  const read = readers.map(({ kid, jwk }) => readPublicKey({ kid, jwk }));
  const kids = await Promise.all(read).catch((error: unknown) => {
    throw error instanceof VaultError ? new KeyDoubted('not_logged') : error;
  });
  await verifyReaderKids({ ...asked, kids: kids.map(({ kid }) => kid) });
}

/** The same of keys of which only the kids are at hand. @throws {KeyDoubted} @see verifyReaders */
export async function verifyReaderKids(input: AskedOfReaders & { readonly kids: readonly KeyId[] }): Promise<void> {
  const { proof, agency, uses, kids } = input;
  const head = await verifyWitnessed(proof, input.pins, input.now);
  try {
    const standing = await verifyStanding(head, proof.standing);
    requireThat(standing.agency === agency);
    for (const kid of kids) {
      const stands = standing.readers.filter((one) => one.kid === kid && uses.includes(one.use));
      const logged = await Promise.all(stands.map(({ use }) => isLogged(head, proof.entries, { agency, use, kid })));
      requireThat(logged.some((one) => one));
    }
  } catch (error) {
    throw error instanceof VaultError ? new KeyDoubted('not_logged') : error;
  }
}

/**
 * The keys that stand for a use at an agency, all of them: what a server leaves out of its answer, the head still names.
 *
 * @throws {KeyDoubted}
 */
export async function standingFor({ proof, pins, agency, uses, now }: AskedOfReaders): Promise<ReadonlySet<KeyId>> {
  const head = await verifyWitnessed(proof, pins, now);
  try {
    const standing = await verifyStanding(head, proof.standing);
    requireThat(standing.agency === agency);
    return new Set(standing.readers.filter(({ use }) => uses.includes(use)).map(({ kid }) => kid));
  } catch (error) {
    throw error instanceof VaultError ? new KeyDoubted('not_logged') : error;
  }
}

/** What a head says of an agency. @throws {VaultError} */
export async function verifyStanding(
  { agencies, standing: root }: KeyHead,
  { leaf, index, path }: ReadersProof['standing'],
): Promise<AgencyStanding> {
  requireThat(await isIncluded({ leaf, index, size: agencies, path, root }));
  return readStanding(leaf);
}

/** Whether one of these entries added the key, and is in the tree over the entries. @throws {VaultError} */
export async function isLogged(
  { size, root }: KeyHead,
  entries: ReadersProof['entries'],
  wanted: { readonly agency: string; readonly use: LoggedUse; readonly kid: KeyId },
): Promise<boolean> {
  for (const { entry, index, path } of entries) {
    const read = readEntry(entry);
    if (read.act !== 'added') continue;
    if (read.agency !== wanted.agency || read.use !== wanted.use || read.kid !== wanted.kid) continue;
    if (await isIncluded({ leaf: entry, index, size, path, root })) return true;
  }
  return false;
}

/**
 * Whether a later head continues an earlier one. False for anything malformed.
 *
 * @param path as RFC 6962, section 2.1.2
 */
export async function continues(earlier: KeyHead, later: KeyHead, path: HashPath): Promise<boolean> {
  const hashes = hashesOf(path);
  if (!hashes) return false;
  return verifyConsistency({
    earlierSize: earlier.size,
    earlierRoot: decode(earlier.root),
    size: later.size,
    root: decode(later.root),
    path: hashes,
  });
}

/** Whether an entry is in the log of a head, at its place. False for anything malformed. */
export function isInLog(
  { size, root }: KeyHead,
  { entry, index, path }: ReadersProof['entries'][number],
): Promise<boolean> {
  return isIncluded({ leaf: entry, index, size, path, root });
}

/** A leaf of a tree, and its path. */
interface PlacedLeaf {
  readonly index: number;
  readonly size: number;
  readonly path: HashPath;
  readonly root: Base64url;
}

/** Whether bytes are a leaf of the tree with that root, at their place. False for a malformed path. */
export async function isLeaf(data: Bytes, { index, size, root, ...placed }: PlacedLeaf): Promise<boolean> {
  const path = hashesOf(placed.path);
  if (!path) return false;
  return verifyInclusion({ leafHash: await hashOfLeaf(data), index, size, path, root: decode(root) });
}

function isIncluded({ leaf, ...placed }: PlacedLeaf & { readonly leaf: string }): Promise<boolean> {
  return isLeaf(utf8(leaf), placed);
}

function hashesOf(path: HashPath): Bytes[] | null {
  const isPath = Array.isArray(path) && path.length <= LONGEST_PATH && path.every(isHash);
  return isPath ? path.map(decode) : null;
}

async function verifySigned(jws: CompactJws, typ: string, key: PublicKey): Promise<void> {
  const { header } = readJws(jws, MAX_HEAD);
  requireThat(header.alg === 'ES384' && header.kid === key.kid && header.typ === typ);
  try {
    await compactVerify(jws, await importPublicKey(key, 'signing'), SIGNED);
  } catch {
    throw new VaultError();
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

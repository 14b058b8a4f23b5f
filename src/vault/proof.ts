import { compactVerify } from 'jose';
import { decode } from './bytes.js';
import { digestsOf, verifyCommitment, type ClearItem, type LodgingOpening } from './commitment.js';
import { verifyCountersignature } from './countersignature.js';
import { is, isHash, readForm, readJson, readJws } from './form.js';
import {
  isInLog,
  isLeaf,
  KeyDoubted,
  verifySeen,
  type KeyHead,
  type KeyPins,
  type WitnessedHead,
} from './key-heads.js';
import { readEntry } from './key-log.js';
import { addedAmong, type AddedProof } from './key-people.js';
import { importPublicKey, thumbprint } from './keys.js';
import {
  isCount,
  kidOf,
  MAX_PROMISE,
  PROMISE_TYPE,
  readFile,
  type Countersigned,
  type LoggedCommitment,
  type Parts,
  type ProofKeys,
  type SignedPromise,
} from './proof-file.js';
import { orNull, requireThat, SIGNED, VaultError, type Base64url, type KeyId } from './suite.js';

// How anybody checks what a person saved: offline, in a browser and in Node by the same lines.

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

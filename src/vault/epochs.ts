import { CompactSign, compactVerify, type CryptoKey } from 'jose';
import { derive, encode, randomBytes, sha256, utf8 } from './bytes.js';
import { commitOf } from './content.js';
import {
  areKids,
  is,
  isCaseKeyName,
  isEpoch,
  isHash,
  isUuid,
  readForm,
  readJson,
  readJws,
  requireInput,
} from './form.js';
import { grantKey, type Grant } from './grants.js';
import type { PublicKey, Signer } from './keys.js';
import {
  SIGNED,
  SUITE,
  failClosed,
  requireThat,
  type Base64url,
  type Bytes,
  type CaseId,
  type CaseKeyName,
  type CompactJws,
  type KeyId,
} from './suite.js';

/** How many readers one epoch may have. */
export const MAX_READERS = 64;

const MAX_RECORD = 8192;

/** What the maker of an epoch signs: which key it is, who may read, and what came before. */
export interface EpochRecord {
  suite: typeof SUITE;
  case: CaseId;
  key: CaseKeyName;
  epoch: number;
  commit: Base64url;
  /** Kids of the readers' agreement keys, in order, each once. */
  readers: KeyId[];
  /** SHA-256 of the record before, as it was signed; null in epoch 1. */
  previous: Base64url | null;
  /** Shows that its maker held a key of the case already ({@link showsHolding}); a mailbox's epochs need none. */
  held?: Base64url;
}

export interface SignedEpoch extends EpochRecord {
  signedBy: KeyId;
}

/** Finds the verified public signing key of a kid that may begin this epoch; none means that it may not. */
export type FindEpochSigner = (kid: KeyId, epoch: number) => CryptoKey | undefined | Promise<CryptoKey | undefined>;

export interface BegunEpoch {
  epoch: number;
  caseKey: Bytes;
  commit: Base64url;
  record: CompactJws;
  grants: Grant[];
}

/**
 * Begins an epoch: a fresh key, granted to the readers, in a signed record.
 * @param input.previous the newest record of the same key of the same case; without it this is epoch 1
 * @param input.held a key of the case that the maker holds: of the epoch before, or for a desk key the newest case key
 * @throws VaultError where a reader's kid is not its key's, or `previous` is another case's; TypeError on other input
 */
export async function beginEpoch(input: {
  caseId: CaseId;
  key: CaseKeyName;
  readers: readonly PublicKey[];
  signer: Signer;
  previous?: CompactJws | undefined;
  held?: Bytes | undefined;
}): Promise<BegunEpoch> {
  const { caseId, key, signer } = input;
  const before = input.previous === undefined ? undefined : readEpochRecord(input.previous);
  requireThat(before === undefined || (before.case === caseId && before.key === key));
  const epoch = before === undefined ? 1 : before.epoch + 1;
  const readers = [...new Map(input.readers.map((reader) => [reader.kid, reader])).values()];
  requireInput(readers.length >= 1 && readers.length <= MAX_READERS, 'readers');
  requireInput(input.held === undefined || input.held.length === 32, 'held');
  const caseKey = randomBytes(32);
  const grants = await Promise.all(
    readers.map(async (reader) => ({
      key,
      epoch,
      reader: reader.kid,
      jwe: await grantKey({ caseKey, caseId, key, epoch, reader }),
    })),
  );
  const commit = await commitOf(caseKey);
  const record = await signRecord(
    {
      suite: SUITE,
      case: caseId,
      key,
      epoch,
      commit,
      readers: readers.map((reader) => reader.kid).sort(),
      previous: input.previous === undefined ? null : await sha256(input.previous),
      ...(input.held && { held: await holdingOf(input.held, { key, epoch, commit }) }),
    },
    signer,
  );
  return { epoch, caseKey, commit, record, grants };
}

function signRecord(record: EpochRecord, signer: Signer): Promise<CompactJws> {
  return new CompactSign(utf8(JSON.stringify(record)))
    .setProtectedHeader({ alg: 'ES384', kid: signer.kid, suite: SUITE })
    .sign(signer.privateKey);
}

/** What an epoch record says, by its form alone: nothing is verified. @throws VaultError */
export function readEpochRecord(jws: unknown): SignedEpoch {
  const { header, payload } = readJws(jws, MAX_RECORD);
  const { kid } = readForm(header, { alg: is('ES384'), kid: isHash, suite: is(SUITE) });
  const said = readJson(payload);
  const record = readForm<EpochRecord>(said, {
    ...(Object.hasOwn(said, 'held') && { held: isHash }),
    suite: is(SUITE),
    case: isUuid,
    key: isCaseKeyName,
    epoch: isEpoch,
    commit: isHash,
    readers: areReaders,
    previous: (value): value is Base64url | null => value === null || isHash(value),
  });
  requireThat((record.epoch === 1) === (record.previous === null));
  return { ...record, signedBy: kid };
}

/**
 * Verifies all records of one key of one case, oldest first: numbered from 1 without a gap, each linked to the one before
 * and signed by whom `verify` names.
 * @throws VaultError where anything differs, and where there is no record
 */
export function verifyEpochs(input: {
  records: readonly CompactJws[];
  expect: { caseId: CaseId; key: CaseKeyName };
  verify: FindEpochSigner;
}): Promise<SignedEpoch[]> {
  return failClosed(async () => {
    requireThat(input.records.length > 0);
    const chain: SignedEpoch[] = [];
    let previous: Base64url | null = null;
    for (const jws of input.records) {
      const record = readEpochRecord(jws);
      requireThat(record.case === input.expect.caseId && record.key === input.expect.key);
      requireThat(record.epoch === chain.length + 1 && record.previous === previous);
      const signer = await input.verify(record.signedBy, record.epoch);
      requireThat(signer !== undefined);
      await compactVerify(jws, signer, SIGNED);
      chain.push(record);
      previous = await sha256(jws);
    }
    return chain;
  });
}

/**
 * Whether an epoch was begun by somebody who held this case key: only they could make the record's `held` for the new
 * key. A signature alone does not show that, since it is the server that names the staff's keys.
 */
export async function showsHolding(record: EpochRecord, caseKey: Bytes): Promise<boolean> {
  return record.held !== undefined && record.held === (await holdingOf(caseKey, record));
}

async function holdingOf(
  caseKey: Bytes,
  { key, epoch, commit }: Pick<EpochRecord, 'key' | 'epoch' | 'commit'>,
): Promise<Base64url> {
  return encode(await derive(caseKey, `begin ${key} ${epoch.toString()} ${commit}`));
}

function areReaders(value: unknown): value is KeyId[] {
  return areKids(value, MAX_READERS);
}

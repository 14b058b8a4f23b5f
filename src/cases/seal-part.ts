import type { CryptoKey } from 'jose';
import { openSigned, sealItem } from '../vault/content.js';
import { beginEpoch } from '../vault/epochs.js';
import { thumbprint, type Signer } from '../vault/keys.js';
import { VaultError, type JsonObject } from '../vault/suite.js';
import { EXCERPT_KINDS, wordsIn } from './excerpt.js';
import { readItem, type OpenKeys } from './open-words.js';
import type { Progress } from './referrals/seal-referral.js';
import { deskReaders, requireStatement, writableCase } from './seal-words.js';
import type { NewItem, SealedCase, StoredItem } from './sealed-case.js';
import type { Excerpt, NewPart } from './sealed-part.js';

// The same in an officer's browser and in Node. What comes out holds no word in clear.

/** What of one item is passed on into a part. */
export interface Chosen {
  readonly item: StoredItem;
  /** The words that are left of it, by field; left out where all of it is passed on as it was written. */
  readonly left?: Readonly<Record<string, string>> | undefined;
}

/** Characters of a signature that an excerpt holds beside where it is from; longer words are passed on without. */
const LONGEST_SIGNED = 90_000;

/** Whether an item may be passed on into a part at all. */
export function mayBePassedOn({ key, kind }: Pick<StoredItem, 'key' | 'kind'>): boolean {
  return key === 'case' && EXCERPT_KINDS.some((one) => one === kind);
}

/**
 * Seals a part of a case: a key of its own for those who read the whole at this agency and for the person, and under it
 * what was chosen and nothing else. What the person wrote goes along with their signature where all of it is passed on.
 *
 * @param input.items every item of the whole, so that the statement is among them
 * @throws {VaultError} when this officer cannot open the statement or what was chosen, or it may not be passed on
 * @throws {ReadersUnknown} where others read the whole than this officer knows of
 * @throws {ContentTooLong} where what is left of an item is more than one holds
 */
export async function sealPart(input: {
  readonly sealed: SealedCase;
  readonly items: readonly StoredItem[];
  readonly opened: OpenKeys;
  readonly signer: Signer;
  readonly chosen: readonly Chosen[];
  readonly onProgress?: Progress | undefined;
}): Promise<NewPart> {
  const { opened, signer, chosen, onProgress } = input;
  const sealed = { ...input.sealed, items: input.items };
  await requireStatement(sealed, opened);
  if (chosen.length === 0) throw new VaultError();
  const held = writableCase(sealed, opened).caseKey;
  const mailbox = {
    agreement: await thumbprint(sealed.mailbox.agreement),
    signing: await thumbprint(sealed.mailbox.signing),
  };
  if (!opened.agreedTo.has(mailbox.agreement)) throw new VaultError();
  const readers = [...(await deskReaders(sealed, opened)), { kid: mailbox.agreement, jwk: sealed.mailbox.agreement }];
  const caseId = crypto.randomUUID();
  const begun = await beginEpoch({ caseId, key: 'case', readers, signer, held });
  const { caseKey, epoch } = begun;
  const items: NewItem[] = [];
  for (const one of chosen) {
    const { from, ...what } = await excerptOf(sealed, opened, one);
    const id = crypto.randomUUID();
    const content: JsonObject = { from, mailbox, ...what };
    const place = { caseId, key: 'case', epoch, item: id, kind: 'excerpt' } as const;
    items.push({ id, jwe: await sealItem({ ...place, caseKey, content, signer }) });
    onProgress?.(items.length, chosen.length);
  }
  const grants = begun.grants.map(({ reader, jwe }) => ({ reader, jwe }));
  return { part: caseId, epoch: { record: begun.record, grants }, items };
}

async function excerptOf(
  sealed: SealedCase,
  opened: OpenKeys,
  { item, left }: Chosen,
): Promise<Pick<Excerpt, 'from'> & ({ signed: string } | { words: Readonly<Record<string, string>> })> {
  const { kind, author, epoch } = item;
  const read = await readItem(sealed.id, item, opened);
  if (!mayBePassedOn(item) || read.content === null) throw new VaultError();
  const from = { case: sealed.id, item: item.id, epoch, kind: kind as Excerpt['from']['kind'], author };
  if (left !== undefined) return { from, words: left };
  if (author === 'person') {
    const signed = await signedOf(sealed.id, item, opened);
    if (signed.length <= LONGEST_SIGNED) return { from, signed };
  }
  return { from, words: wordsIn(read.content) };
}

async function signedOf(caseId: string, item: StoredItem, opened: OpenKeys): Promise<string> {
  const epoch = opened.epochs.get(`case#${item.epoch.toString()}`);
  if (!epoch) throw new VaultError();
  const { caseKey, record } = epoch;
  const expect = {
    caseId,
    key: item.key,
    epoch: item.epoch,
    item: item.id,
    kind: item.kind,
    commit: record.commit,
  };
  const verify = (kid: string): CryptoKey | undefined => opened.signers.person.get(kid);
  return (await openSigned({ caseKey, jwe: item.jwe, expect, verify })).signed;
}

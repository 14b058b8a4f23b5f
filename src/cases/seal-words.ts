import { sealItem } from '../vault/content.js';
import { beginEpoch } from '../vault/epochs.js';
import { thumbprint, type PublicKey, type Signer } from '../vault/keys.js';
import { VaultError, type Bytes, type CaseKeyName, type ItemKind } from '../vault/suite.js';
import { newestEpoch, readItem, type OpenKeys } from './open-words.js';
import type { NewDeskEpoch, NewItem, SealedCase } from './sealed-case.js';

// The same in an officer's browser and in Node. What comes out holds no word in clear.

/** Most characters of a text: four bytes each would still fit the largest sealed size. */
export const LONGEST_TEXT = 20_000;

/** A note, with the beginning of the desk key where it is the first of its case. */
export interface SealedNote {
  readonly item: NewItem;
  readonly desk?: NewDeskEpoch;
}

/**
 * Seals an answer to the person under the newest case key, as `{ text }`.
 *
 * @throws {VaultError} when this officer cannot open that key or the statement
 */
export async function sealReply(sealed: SealedCase, opened: OpenKeys, signer: Signer, text: string): Promise<NewItem> {
  await requireStatement(sealed, opened);
  const caseId = sealed.id;
  const newest = newestEpoch(opened, 'case');
  if (!newest) throw new VaultError();
  const { caseKey, record } = newest;
  return seal({ caseKey, caseId, key: 'case', epoch: record.epoch, kind: 'reply', signer }, text);
}

/**
 * Seals a note under the desk key, as `{ text }`; where there is none yet, begins it for those whom this officer knows to
 * read the case, and never for the person.
 *
 * @throws {VaultError} when this officer cannot open the desk key or the statement, or the server names readers that are
 *   not on the case
 */
export async function sealNote(
  sealed: SealedCase,
  opened: OpenKeys,
  signer: Signer,
  text: string,
): Promise<SealedNote> {
  await requireStatement(sealed, opened);
  const caseId = sealed.id;
  const note = { caseId, key: 'desk', kind: 'note', signer } as const;
  if (sealed.epochs.some(({ key }) => key === 'desk')) {
    const newest = newestEpoch(opened, 'desk');
    if (!newest) throw new VaultError();
    return { item: await seal({ ...note, caseKey: newest.caseKey, epoch: newest.record.epoch }, text) };
  }
  const begun = await beginEpoch({ caseId, key: 'desk', readers: await deskReaders(sealed, opened), signer });
  const item = await seal({ ...note, caseKey: begun.caseKey, epoch: begun.epoch }, text);
  return { item, desk: { record: begun.record, grants: begun.grants.map(({ reader, jwe }) => ({ reader, jwe })) } };
}

/**
 * The server says which key is the mailbox's. It is believed where the statement was said under it: whoever does not hold
 * the case key could not have put other words there, nor a signature beside them.
 */
async function requireStatement(sealed: SealedCase, opened: OpenKeys): Promise<void> {
  const statement = sealed.items.find(({ key, kind }) => key === 'case' && kind === 'statement');
  if (!statement || (await readItem(sealed.id, statement, opened)).content === null) throw new VaultError();
}

/**
 * The server says to whom the desk key goes; it is believed only for readers whom the verified case key names. A key of
 * the agency that this officer holds would not do: a grant proves no sender, so the server could have made it.
 */
async function deskReaders(sealed: SealedCase, opened: OpenKeys): Promise<readonly PublicKey[]> {
  const onCase = new Set(opened.chains.get('case')?.at(-1)?.readers);
  onCase.delete(await thumbprint(sealed.mailbox.agreement));
  const known = sealed.deskReaders.every(({ kid }) => onCase.has(kid));
  if (sealed.deskReaders.length === 0 || !known) throw new VaultError();
  return sealed.deskReaders;
}

interface Place {
  readonly caseKey: Bytes;
  readonly caseId: string;
  readonly key: CaseKeyName;
  readonly epoch: number;
  readonly kind: ItemKind;
  readonly signer: Signer;
}

async function seal(place: Place, text: string): Promise<NewItem> {
  const id = crypto.randomUUID();
  return { id, jwe: await sealItem({ ...place, item: id, content: { text } }) };
}

import { beginEpoch } from '../../vault/epochs.js';
import { grantKey } from '../../vault/grants.js';
import type { PublicKey } from '../../vault/keys.js';
import { VaultError, type CaseKeyName, type CompactJws, type ItemId } from '../../vault/suite.js';
import { newestEpoch, readItem, ReadersUnknown, unknownAmong, type OpenEpoch, type OpenKeys } from '../open-words.js';
import { keyOfMailbox, keysOfNote, onItsWay, sealNoteOn, type Sealer } from './seal-note.js';
import { colleagues, newestRecord, requireStatement } from '../seal-words.js';
import type { NewEpoch, SealedKeys, StoredItem } from '../sealed-case.js';
import type { NewGrants, NewReferral, SealedReferral, WithheldGrant } from './sealed-referral.js';

// The same in an officer's browser and in Node. What comes out holds no word in clear.

/** Tells how far long work has come. */
export type Progress = (done: number, all: number) => void;

/** Some items of a case did not open for who would take it over, so it cannot be taken over. */
export class ItemsUnreadable extends VaultError {
  constructor(readonly items: readonly ItemId[]) {
    super();
    this.name = 'ItemsUnreadable';
  }
}

interface Sender extends Sealer {
  readonly onProgress?: Progress | undefined;
}

/** What is sealed of a proposal. */
export type SealedProposal = Pick<NewReferral, 'note' | 'epoch' | 'grants'>;

/**
 * Seals a proposal to hand a case on: a note as `{ text }` under a key of its own, which the receiver, the sender and the
 * person may read; and grants of every epoch of the case to the receiver's readers, for the server to withhold.
 *
 * @param input.receiver its readers now, and the newest record of the `referral` key
 * @param input.shareIdentity whether who the person is goes along
 * @throws {VaultError} when this officer cannot open the statement or an epoch that is to be granted
 * @throws {ContentTooLong} beyond what an item holds
 */
export async function sealReferral(
  input: Sender & {
    readonly receiver: { readonly readers: readonly PublicKey[]; readonly previous: CompactJws | null };
    readonly text: string;
    readonly shareIdentity: boolean;
  },
): Promise<SealedProposal> {
  const { receiver, text, shareIdentity } = input;
  await requireStatement(input.sealed, input.opened);
  const told = await sealNoteOn(input, receiver.readers, receiver.previous ?? undefined, text);
  return { ...told, grants: await grantAll(input, receiver.readers, shareIdentity) };
}

/**
 * Grants again what was withheld, to the receiver's readers of now. Where those are others than the note was sealed for,
 * the same words are sealed again.
 *
 * @param input.referral with `note`, the keys of its note as this officer opened them
 * @throws {VaultError} as {@link sealReferral}, and where the note does not open
 */
export async function regrant(
  input: Sender & { readonly referral: SealedReferral; readonly note: OpenKeys },
): Promise<NewGrants> {
  const { referral, note } = input;
  await requireStatement(input.sealed, input.opened);
  const grants = await grantAll(input, referral.readers, referral.shareIdentity);
  if (!referral.readersChanged) return { grants };
  const first = referral.items[0];
  const text = first && (await readItem(referral.caseId, first, note)).content?.text;
  if (typeof text !== 'string') throw new VaultError();
  return {
    grants,
    ...(await sealNoteOn(input, referral.readers, newestRecord(keysOfNote(referral), note, 'referral'), text)),
  };
}

/**
 * Takes a case over: opens every item that was shared, and begins the next epoch of the case key for the receiver's
 * readers and the person. Whoever lets go of the case has no part in it.
 *
 * @param input.items every item of the case that the server hands out
 * @param input.readers the receiver's readers now
 * @throws {ItemsUnreadable} where one does not open: then nothing is handed over
 * @throws {ReadersUnknown} where the server names readers of whom this officer does not know
 * @throws {VaultError} where the keys do not open
 */
export async function sealAcceptance(
  input: Sender & { readonly items: readonly StoredItem[]; readonly readers: readonly PublicKey[] },
): Promise<NewEpoch> {
  const { sealed, opened, items, readers, signer, onProgress } = input;
  await requireStatement({ ...sealed, items }, opened);
  await requireAll(sealed, items, opened, onProgress);
  const newest = newestEpoch(opened, 'case');
  const previous = newestRecord(sealed, opened, 'case');
  if (!newest || previous === undefined) throw new VaultError();
  const kids = readers.map(({ kid }) => kid);
  const { agreement, agency } = opened.own;
  if (!kids.some((kid) => kid === agreement.kid || agency.has(kid))) throw new VaultError();
  const unknown = unknownAmong(kids, opened, colleagues(kids, readers, opened));
  if (unknown.length > 0) throw new ReadersUnknown(unknown);
  const to = [...readers, await keyOfMailbox(sealed, opened)];
  const held = newest.caseKey;
  return onItsWay(await beginEpoch({ caseId: sealed.id, key: 'case', readers: to, signer, previous, held }));
}

async function grantAll(
  { sealed, opened, onProgress }: Sender,
  readers: readonly PublicKey[],
  shareIdentity: boolean,
): Promise<WithheldGrant[]> {
  const epochs = [...allEpochs(opened, 'case'), ...(shareIdentity ? allEpochs(opened, 'identity') : [])];
  if (epochs.length === 0 || readers.length === 0) throw new VaultError();
  const grants: WithheldGrant[] = [];
  for (const { caseKey, record } of epochs) {
    const key = record.key === 'identity' ? 'identity' : 'case';
    for (const reader of readers) {
      const { epoch } = record;
      const jwe = await grantKey({ caseKey, caseId: sealed.id, key, epoch, reader });
      grants.push({ key, epoch, reader: reader.kid, jwe });
      onProgress?.(grants.length, epochs.length * readers.length);
    }
  }
  return grants;
}

/** Every epoch of a key. @throws {VaultError} where this officer cannot open one: the receiver could not either */
function allEpochs(opened: OpenKeys, key: CaseKeyName): OpenEpoch[] {
  return (opened.chains.get(key) ?? []).map(({ epoch }) => {
    const open = opened.epochs.get(`${key}#${epoch.toString()}`);
    if (!open) throw new VaultError();
    return open;
  });
}

/** Who the person is may be kept back, by them or by the sender; all that was shared must open. */
async function requireAll(
  sealed: SealedKeys,
  items: readonly StoredItem[],
  opened: OpenKeys,
  onProgress: Progress | undefined,
): Promise<void> {
  const granted = new Set(sealed.grants.map(({ key }) => key));
  const shared = items.filter(({ key }) => key === 'case' || (key === 'identity' && granted.has(key)));
  const unreadable: ItemId[] = [];
  for (const [index, item] of shared.entries()) {
    onProgress?.(index + 1, shared.length);
    if ((await readItem(sealed.id, item, opened)).content === null) unreadable.push(item.id);
  }
  if (unreadable.length > 0) throw new ItemsUnreadable(unreadable);
}

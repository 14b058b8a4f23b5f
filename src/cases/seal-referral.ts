import { beginEpoch, type BegunEpoch } from '../vault/epochs.js';
import { grantKey } from '../vault/grants.js';
import { thumbprint, type PublicKey, type Signer } from '../vault/keys.js';
import { VaultError, type CaseKeyName, type CompactJws, type ItemId } from '../vault/suite.js';
import { newestEpoch, readItem, ReadersUnknown, unknownAmong, type OpenEpoch, type OpenKeys } from './open-words.js';
import { colleagues, deskReaders, newestRecord, requireStatement, sealText, writableCase } from './seal-words.js';
import type { NewEpoch, NewItem, SealedCase, SealedKeys, StoredItem } from './sealed-case.js';
import type { NewGrants, NewReferral, SealedReferral, WithheldGrant } from './sealed-referral.js';

// The same in an officer's browser and in Node. What comes out holds no word in clear.

/** Most characters of a note to the agency that is to take a case over: even escaped it fits the third sealed size. */
export const LONGEST_NOTE = 4_000;

/** Tells how far long work has come. */
export type Progress = (done: number, all: number) => void;

/** Some items of a case did not open for who would take it over, so it cannot be taken over. */
export class ItemsUnreadable extends VaultError {
  constructor(readonly items: readonly ItemId[]) {
    super();
    this.name = 'ItemsUnreadable';
  }
}

interface Sender {
  readonly sealed: SealedCase;
  readonly opened: OpenKeys;
  readonly signer: Signer;
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
  const to = [...readers, await mailboxOf(sealed, opened)];
  const held = newest.caseKey;
  return onItsWay(await beginEpoch({ caseId: sealed.id, key: 'case', readers: to, signer, previous, held }));
}

/**
 * Seals words to the agency that proposed a case, as `{ text }` under the key of its note: the person reads them too.
 *
 * @param opened the keys of the note
 * @throws {VaultError} where this officer cannot open them
 */
export function sealDecline(
  referral: SealedReferral,
  opened: OpenKeys,
  signer: Signer,
  text: string,
): Promise<NewItem> {
  const newest = newestEpoch(opened, 'referral');
  if (!newest) return Promise.reject(new VaultError());
  const { caseKey, record } = newest;
  const place = { caseId: referral.caseId, key: 'referral', kind: 'referral', epoch: record.epoch } as const;
  return sealText({ ...place, caseKey, signer }, text);
}

/** The keys of a referral's note, to be opened as those of a case are. */
export function keysOfNote({ caseId, mailbox, staffSigning, epochs, grants }: SealedReferral): SealedKeys {
  return { id: caseId, mailbox, staffSigning, epochs, grants, consents: [] };
}

async function sealNoteOn(
  { sealed, opened, signer }: Sender,
  readers: readonly PublicKey[],
  previous: CompactJws | undefined,
  text: string,
): Promise<{ note: NewItem; epoch: NewEpoch }> {
  const to = [...readers, ...(await deskReaders(sealed, opened)), await mailboxOf(sealed, opened)];
  const held = writableCase(sealed, opened).caseKey;
  const begun = await beginEpoch({ caseId: sealed.id, key: 'referral', readers: to, signer, previous, held });
  const { caseKey, epoch } = begun;
  const place = { caseKey, caseId: sealed.id, key: 'referral', epoch, kind: 'referral', signer } as const;
  return { note: await sealText(place, text), epoch: onItsWay(begun) };
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

/** The mailbox's key, if it is the one that the person named: the server could put another in its place. */
async function mailboxOf({ mailbox }: SealedKeys, opened: OpenKeys): Promise<PublicKey> {
  const kid = await thumbprint(mailbox.agreement);
  if (!opened.agreedTo.has(kid)) throw new VaultError();
  return { kid, jwk: mailbox.agreement };
}

function onItsWay({ record, grants }: BegunEpoch): NewEpoch {
  return { record, grants: grants.map(({ reader, jwe }) => ({ reader, jwe })) };
}

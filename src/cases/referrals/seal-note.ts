import { beginEpoch, type BegunEpoch } from '../../vault/epochs.js';
import { thumbprint, type PublicKey, type Signer } from '../../vault/keys.js';
import { VaultError, type CompactJws } from '../../vault/suite.js';
import { newestEpoch, type OpenKeys } from '../open-words.js';
import { deskReaders, sealText, writableCase } from '../seal-words.js';
import type { NewEpoch, NewItem, SealedCase, SealedKeys } from '../sealed-case.js';
import type { SealedReferral } from './sealed-referral.js';

// What agencies say to each other about handing a case on. The same in an officer's browser and in Node.

/** Most characters of a note to the agency that is to take a case over: even escaped it fits the third sealed size. */
export const LONGEST_NOTE = 4_000;

/** An officer with a case that they have opened. */
export interface Sealer {
  readonly sealed: SealedCase;
  readonly opened: OpenKeys;
  readonly signer: Signer;
}

/**
 * Seals a note to a receiver, as `{ text }` under the next epoch of the key `referral`, which the receiver, the sender and
 * the person read.
 *
 * @param readers the receiver's readers now
 * @param previous the newest record of that key; undefined where the case has none
 * @throws {VaultError} when this officer cannot open the case
 * @throws {ContentTooLong} beyond what an item holds
 */
export async function sealNoteOn(
  { sealed, opened, signer }: Sealer,
  readers: readonly PublicKey[],
  previous: CompactJws | undefined,
  text: string,
): Promise<{ note: NewItem; epoch: NewEpoch }> {
  const to = [...readers, ...(await deskReaders(sealed, opened)), await keyOfMailbox(sealed, opened)];
  const held = writableCase(sealed, opened).caseKey;
  const begun = await beginEpoch({ caseId: sealed.id, key: 'referral', readers: to, signer, previous, held });
  const { caseKey, epoch } = begun;
  const place = { caseKey, caseId: sealed.id, key: 'referral', epoch, kind: 'referral', signer } as const;
  return { note: await sealText(place, text), epoch: onItsWay(begun) };
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

/**
 * The mailbox's key, if it is the one that the person named: the server could put another in its place.
 *
 * @throws {VaultError} where it is another
 */
export async function keyOfMailbox({ mailbox }: SealedKeys, opened: OpenKeys): Promise<PublicKey> {
  const kid = await thumbprint(mailbox.agreement);
  if (!opened.agreedTo.has(kid)) throw new VaultError();
  return { kid, jwk: mailbox.agreement };
}

/** An epoch as it is sent. */
export function onItsWay({ record, grants }: BegunEpoch): NewEpoch {
  return { record, grants: grants.map(({ reader, jwe }) => ({ reader, jwe })) };
}

import type { CryptoKey } from 'jose';
import { openItem } from '../vault/content.js';
import { verifyEpochs, type SignedEpoch } from '../vault/epochs.js';
import { openGrant } from '../vault/grants.js';
import { importPublicKey, thumbprint, type HeldKey, type PublicJwk } from '../vault/keys.js';
import { VaultError, type Bytes, type CaseKeyName, type JsonObject, type KeyId } from '../vault/suite.js';
import type { SealedCase, StoredItem } from './sealed-case.js';

// The same in an officer's browser and in Node. Nothing here talks to a server.

/** The keys with which an officer opens cases: their own, and those of their agency that they hold. */
export interface DeskKeys {
  readonly agreement: HeldKey;
  readonly agency: ReadonlyMap<KeyId, HeldKey>;
}

/** An epoch whose key was opened: its record is verified. */
export interface OpenEpoch {
  readonly record: SignedEpoch;
  readonly caseKey: Bytes;
}

/** The keys of a case, as far as this officer can open them. */
export interface OpenKeys {
  /** Verified chains by key; a key whose chain does not verify is not there, whatever grants there are. */
  readonly chains: ReadonlyMap<CaseKeyName, readonly SignedEpoch[]>;
  /** Opened epochs by key and number. */
  readonly epochs: ReadonlyMap<string, OpenEpoch>;
  readonly signers: Signers;
}

/** Whose signature counts: the person's own, or that of a member of staff. */
interface Signers {
  readonly person: ReadonlyMap<KeyId, CryptoKey>;
  readonly staff: ReadonlyMap<KeyId, CryptoKey>;
}

/** An item with what it says; null where it does not open, or was not signed by whom it is said to be from. */
export type ReadItem = Omit<StoredItem, 'jwe'> & { readonly content: JsonObject | null };

/**
 * Verifies the epochs of every key of a case and opens those that are granted to this officer. Every epoch of what the
 * person reads must be signed by the person's mailbox, the desk's by staff.
 *
 * @throws {VaultError} where the public keys themselves have not their form
 */
export async function openKeys(sealed: SealedCase, keys: DeskKeys): Promise<OpenKeys> {
  const signers = await signersOf(sealed);
  const chains = new Map<CaseKeyName, readonly SignedEpoch[]>();
  const epochs = new Map<string, OpenEpoch>();
  for (const key of new Set(sealed.epochs.map((epoch) => epoch.key))) {
    const chain = await orNull(verifiedChain(sealed, key, signers));
    if (!chain) continue;
    chains.set(key, chain);
    for (const record of chain) {
      const caseKey = await openOneGrant(sealed, record, keys);
      if (caseKey) epochs.set(nameOf(key, record.epoch), { record, caseKey });
    }
  }
  return { chains, epochs, signers };
}

/** The newest epoch of a key, if its chain verifies and this officer can open it. */
export function newestEpoch(opened: OpenKeys, key: CaseKeyName): OpenEpoch | null {
  const newest = opened.chains.get(key)?.at(-1);
  return (newest && opened.epochs.get(nameOf(key, newest.epoch))) ?? null;
}

/** Opens one item. What the person says must bear the person's signature, what the agency says one of its staff's. */
export async function readItem(caseId: string, item: StoredItem, opened: OpenKeys): Promise<ReadItem> {
  const { jwe, ...shown } = item;
  const epoch = opened.epochs.get(nameOf(item.key, item.epoch));
  if (!epoch) return { ...shown, content: null };
  const { key, kind } = item;
  const signers = item.author === 'person' ? opened.signers.person : opened.signers.staff;
  const expect = { caseId, key, epoch: item.epoch, item: item.id, kind, commit: epoch.record.commit };
  const read = await orNull(openItem({ caseKey: epoch.caseKey, jwe, expect, verify: (kid) => signers.get(kid) }));
  return { ...shown, content: read && fits(item) ? read.content : null };
}

/** A person lodges and writes messages, an agency replies and notes: never the other way round. */
function fits({ kind, author }: StoredItem): boolean {
  return (kind === 'reply' || kind === 'note') === (author === 'agency');
}

async function signersOf({ mailbox, staffSigning }: SealedCase): Promise<Signers> {
  const usable = async (jwk: PublicJwk): Promise<[KeyId, CryptoKey]> => {
    const kid = await thumbprint(jwk);
    return [kid, await importPublicKey({ kid, jwk }, 'signing')];
  };
  return {
    person: new Map([await usable(mailbox.signing)]),
    staff: new Map(await Promise.all(staffSigning.map(({ jwk }) => usable(jwk)))),
  };
}

function verifiedChain(sealed: SealedCase, key: CaseKeyName, { person, staff }: Signers): Promise<SignedEpoch[]> {
  const ofKey = sealed.epochs.filter((epoch) => epoch.key === key).sort((a, b) => a.epoch - b.epoch);
  return verifyEpochs({
    records: ofKey.map(({ record }) => record),
    expect: { caseId: sealed.id, key },
    // The server names the staff's keys: could they begin what the person reads, the server could, and read on.
    verify: (kid) => (key === 'desk' ? staff : person).get(kid),
  });
}

async function openOneGrant(sealed: SealedCase, record: SignedEpoch, keys: DeskKeys): Promise<Bytes | null> {
  const { key, epoch, commit } = record;
  for (const grant of sealed.grants) {
    if (grant.key !== key || grant.epoch !== epoch || !record.readers.includes(grant.reader)) continue;
    const held = grant.reader === keys.agreement.kid ? keys.agreement : keys.agency.get(grant.reader);
    if (!held) continue;
    const expect = { caseId: sealed.id, key, epoch, reader: grant.reader, commit };
    const caseKey = await orNull(openGrant({ jwe: grant.jwe, privateKey: held.privateKey, expect }));
    if (caseKey) return caseKey;
  }
  return null;
}

async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof VaultError) return null;
    throw error;
  }
}

function nameOf(key: CaseKeyName, epoch: number): string {
  return `${key}#${epoch.toString()}`;
}

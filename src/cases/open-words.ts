import type { CryptoKey } from 'jose';
import { openItem } from '../vault/content.js';
import { showsHolding, type SignedEpoch } from '../vault/epochs.js';
import { openGrant } from '../vault/grants.js';
import type { HeldKey } from '../vault/keys.js';
import type { JoinedReaders } from '../vault/joined-readers.js';
import { orNull, VaultError, type Bytes, type CaseKeyName, type JsonObject, type KeyId } from '../vault/suite.js';
import { joiningsShown } from './joining/shown-joinings.js';
import { namesOf, renewalsShown, type ShownRenewals } from './renewal/renewed-keys.js';
import { readExcerpt, type ReadExcerpt } from './excerpt.js';
import type { SealedKeys, StoredItem } from './sealed-case.js';
import { readersAgreedTo, SignerDoubted, signersOf, verifiedChain, type Signers } from './verify-keys.js';

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
  /** Keys whose chain does not verify because the log of keys does not have who signed in it. */
  readonly doubted: ReadonlySet<CaseKeyName>;
  /** Opened epochs by key and number. */
  readonly epochs: ReadonlyMap<string, OpenEpoch>;
  readonly signers: Signers;
  /** The readers whom the person named, by lodging or by consent. */
  readonly agreedTo: ReadonlySet<KeyId>;
  /** The readers of the newest consent that is handed out, to whom the case went by it; null where there is none. */
  readonly lastAgreedTo: ReadonlySet<KeyId> | null;
  /** New keys of readers, shown by who holds the case. */
  readonly renewals: ShownRenewals;
  /** Keys of readers who were let in later, shown by who holds the case. */
  readonly letIn: ReadonlySet<KeyId>;
  /** Readers whom nobody named, and who came later by the log of keys; none until that is asked. */
  readonly joined: JoinedReaders;
  /** The keys that these were opened with. */
  readonly own: DeskKeys;
}

/** An item with what it says; null where it does not open, or was not signed by whom it is said to be from. */
export type ReadItem = Omit<StoredItem, 'jwe'> & {
  readonly content: JsonObject | null;
  /** Whether it is not shown because the log of keys does not have the key that it was signed with. */
  readonly doubted?: true;
  /** Of what was passed on into a part: where it is from, and whether it is the person's own. */
  readonly excerpt?: ReadExcerpt;
};

/** The newest case key is read by somebody of whom who writes does not know. Whether they may, the person can say. */
export class ReadersUnknown extends VaultError {
  constructor(readonly readers: readonly KeyId[]) {
    super();
    this.name = 'ReadersUnknown';
  }
}

/**
 * Verifies the epochs of every key of a case and opens those that are granted to this officer. The first epoch of what
 * the person reads must be signed by the person's mailbox, later ones by it or by staff; the desk's and a referral's by
 * staff.
 *
 * What staff began counts only where they show that they held the case. It is the server that names the staff's keys, so
 * it could sign as one of them, and would know the key of an epoch that it began; but it holds no key of the case to show.
 *
 * The first epoch of a part may be staff's too. Who holds its whole sees whether it was begun on that; who does not could
 * as well be given a lodging that nobody made.
 *
 * @param whole the opened keys of the case that this is a part of, for whoever reads both
 * @throws {VaultError} where the public keys themselves have not their form
 */
export async function openKeys(sealed: SealedKeys, keys: DeskKeys, whole?: OpenKeys): Promise<OpenKeys> {
  const signers = await signersOf(sealed);
  const chains = new Map<CaseKeyName, readonly SignedEpoch[]>();
  const doubted = new Set<CaseKeyName>();
  const epochs = new Map<string, OpenEpoch>();
  // The case's own key first: that somebody held it is what proves the others.
  const names = [...new Set(sealed.epochs.map(({ key }) => key))].sort((a, b) => rank(a) - rank(b));
  for (const key of names) {
    const chain = await verifiedChain(sealed, key, signers).catch((error: unknown) => {
      if (!(error instanceof VaultError)) throw error;
      if (error instanceof SignerDoubted) doubted.add(key);
      return null;
    });
    if (!chain) continue;
    chains.set(key, chain);
    for (const record of chain) {
      const caseKey = await openOneGrant(sealed, record, keys);
      if (!caseKey) continue;
      const beginsPart = sealed.isPart === true && key === 'case' && record.epoch === 1;
      const before = beginsPart ? whole?.epochs : epochs;
      const begunOnCase = signers.person.has(record.signedBy) || !before || (await wasHeld(record, before));
      if (begunOnCase) epochs.set(nameOf(key, record.epoch), { record, caseKey });
    }
  }
  const { all, last } = await readersAgreedTo(sealed, chains, signers);
  const agreedTo = new Set([...all, ...(whole?.agreedTo ?? [])]);
  const keyOf = (epoch: number): Bytes | undefined => epochs.get(nameOf('case', epoch))?.caseKey;
  return {
    chains,
    doubted,
    epochs,
    signers,
    agreedTo,
    lastAgreedTo: last,
    renewals: await renewalsShown(sealed.renewals ?? [], keyOf),
    letIn: await joiningsShown(sealed.joinings ?? [], keyOf),
    joined: new Map(),
    own: keys,
  };
}

/** The newest epoch of a key, if its chain verifies and this officer can open it. */
export function newestEpoch(opened: OpenKeys, key: CaseKeyName): OpenEpoch | null {
  const newest = opened.chains.get(key)?.at(-1);
  return (newest && opened.epochs.get(nameOf(key, newest.epoch))) ?? null;
}

/** Kids of whom the newest verified record of the case key names. */
export function newestReaders({ chains }: OpenKeys): readonly KeyId[] {
  return chains.get('case')?.at(-1)?.readers ?? [];
}

/**
 * The newest epoch of the case key, to write under. Where the person did not begin it, its readers must be known to the
 * writer: they are those whom the person named, who came to them later, and the writer's own keys.
 *
 * @param known kids of further readers that the writer knows of
 * @throws {ReadersUnknown} where others would read it too: the person can agree to them
 * @throws {SignerDoubted} where an epoch was begun with a key that the log of keys does not have
 * @throws {VaultError} where it does not open
 */
export function writableEpoch(opened: OpenKeys, known: readonly KeyId[] = []): OpenEpoch {
  const newest = newestEpoch(opened, 'case');
  if (!newest) throw opened.doubted.has('case') ? new SignerDoubted() : new VaultError();
  if (opened.signers.person.has(newest.record.signedBy)) return newest;
  const unknown = unknownAmong(newest.record.readers, opened, known);
  if (unknown.length > 0) throw new ReadersUnknown(unknown);
  return newest;
}

/**
 * The epoch for the person to write under, as {@link writableEpoch}: whoever took the case over by the person's newest
 * consent must be among its readers. A server that keeps the newest epoch back, so that an agency which had the case reads
 * on, is found out by that.
 *
 * @throws {ReadersUnknown} also where the case went on from there without the person
 * @throws {VaultError} where it does not open
 */
export function writableByPerson(opened: OpenKeys): OpenEpoch {
  const newest = writableEpoch(opened);
  const { lastAgreedTo: agreed } = opened;
  const { readers } = newest.record;
  // Where all of those have left, whoever came to them later goes on.
  if (agreed && !readers.some((kid) => agreed.has(kid) || opened.joined.has(kid))) {
    throw new ReadersUnknown(readers.filter((kid) => kid !== opened.own.agreement.kid));
  }
  return newest;
}

/**
 * Those of some readers whom neither the person named nor this writer knows: not the writer's keys, nor the given ones, nor
 * who came later.
 */
export function unknownAmong(readers: readonly KeyId[], opened: OpenKeys, known: readonly KeyId[] = []): KeyId[] {
  const { agreement, agency } = opened.own;
  const all = [...opened.agreedTo, ...opened.joined.keys(), agreement.kid, ...agency.keys(), ...known];
  const names = new Set(all.flatMap((kid) => namesOf(kid, opened.renewals)));
  return readers.filter((kid) => !names.has(kid));
}

/** Opens one item. What the person says must bear the person's signature, what the agency says one of its staff's. */
export async function readItem(caseId: string, item: StoredItem, opened: OpenKeys): Promise<ReadItem> {
  const { jwe, ...shown } = item;
  const epoch = opened.epochs.get(nameOf(item.key, item.epoch));
  const unread = (doubted: boolean): ReadItem => ({ ...shown, content: null, ...(doubted && { doubted }) });
  if (!epoch) return unread(opened.doubted.has(item.key));
  const { key, kind } = item;
  const signers = item.author === 'person' ? opened.signers.person : opened.signers.staff;
  let doubted = false;
  const verify = (kid: KeyId): CryptoKey | undefined => {
    doubted ||= item.author === 'agency' && opened.signers.doubted.has(kid);
    return signers.get(kid);
  };
  const expect = { caseId, key, epoch: item.epoch, item: item.id, kind, commit: epoch.record.commit };
  const read = await orNull(openItem({ caseKey: epoch.caseKey, jwe, expect, verify }));
  if (!read || !fits(item)) return unread(doubted);
  if (kind !== 'excerpt') return { ...shown, content: read.content };
  const excerpt = await orNull(readExcerpt(read.content, opened.signers));
  return excerpt ? { ...shown, content: excerpt.words, excerpt } : unread(false);
}

/** A person lodges and writes messages; an agency replies, notes, refers and passes on: never the other way round. */
function fits({ kind, author }: StoredItem): boolean {
  return (kind === 'statement' || kind === 'identity' || kind === 'message') === (author === 'person');
}

/**
 * Whether who began this epoch held the case: the epoch before of the case key, or for another key any of the case's.
 * Who holds nothing of the case yet, since it is only proposed to them, cannot tell, and reads what staff signed.
 */
async function wasHeld(record: SignedEpoch, epochs: ReadonlyMap<string, OpenEpoch>): Promise<boolean> {
  const ofCase = [...epochs.values()].filter((epoch) => epoch.record.key === 'case');
  if (record.key === 'referral' && ofCase.length === 0) return true;
  // A part begins on its whole, of which any epoch will do.
  const isNext = record.key === 'case' && record.epoch > 1;
  const before = isNext ? ofCase.filter((epoch) => epoch.record.epoch === record.epoch - 1) : ofCase;
  for (const { caseKey } of before) {
    if (await showsHolding(record, caseKey)) return true;
  }
  return false;
}

async function openOneGrant(sealed: SealedKeys, record: SignedEpoch, keys: DeskKeys): Promise<Bytes | null> {
  const { key, epoch, commit } = record;
  for (const grant of sealed.grants) {
    // Who was granted it later, by a referral, is no reader of the record; that the key is right, its commit shows.
    if (grant.key !== key || grant.epoch !== epoch) continue;
    const held = grant.reader === keys.agreement.kid ? keys.agreement : keys.agency.get(grant.reader);
    if (!held) continue;
    const expect = { caseId: sealed.id, key, epoch, reader: grant.reader, commit };
    const caseKey = await orNull(openGrant({ jwe: grant.jwe, privateKey: held.privateKey, expect }));
    if (caseKey) return caseKey;
  }
  return null;
}

function rank(key: CaseKeyName): number {
  return key === 'case' ? 0 : 1;
}

function nameOf(key: CaseKeyName, epoch: number): string {
  return `${key}#${epoch.toString()}`;
}

import { sealItem } from '../vault/content.js';
import { sealEnclosure } from '../vault/enclosure.js';
import { beginEpoch } from '../vault/epochs.js';
import { thumbprint, type PublicKey, type Signer } from '../vault/keys.js';
import {
  VaultError,
  type Bytes,
  type CaseKeyName,
  type CompactJws,
  type ItemKind,
  type JsonObject,
  type KeyId,
} from '../vault/suite.js';
import { newestEpoch, newestReaders, readItem, writableEpoch, type OpenEpoch, type OpenKeys } from './open-words.js';
import { namesOf } from './renewal/renewed-keys.js';
import type { NewDeskEpoch, NewItem, SealedCase, SealedKeys } from './sealed-case.js';

// The same in an officer's browser and in Node. What comes out holds no word in clear.

/** Most characters of a text: four bytes each would still fit the largest sealed size. */
export const LONGEST_TEXT = 20_000;

/** A note, with the beginning of the desk key where it is the agency's first. */
export interface SealedNote {
  readonly item: NewItem;
  readonly desk?: NewDeskEpoch;
}

/**
 * Seals an answer to the person under the newest case key, as `{ text, enclosure }`.
 *
 * @param receipt words of a mailbox made for the person, enclosed for them alone; most often there are none
 * @throws {VaultError} when this officer cannot open that key or the statement, or does not know who else would read it
 */
export async function sealReply(
  sealed: SealedCase,
  opened: OpenKeys,
  signer: Signer,
  text: string,
  receipt = '',
): Promise<NewItem> {
  await requireStatement(sealed, opened);
  const caseId = sealed.id;
  const { caseKey, record } = writableCase(sealed, opened);
  const reader = { kid: await thumbprint(sealed.mailbox.agreement), jwk: sealed.mailbox.agreement };
  // Whoever signed the statement named this key as a reader's, and it is none of the agency's own.
  const atDesk = new Set([
    ...sealed.deskReaders.map(({ kid }) => kid),
    ...opened.own.agency.keys(),
    opened.own.agreement.kid,
  ]);
  const isNamed = opened.chains.get('case')?.at(0)?.readers.includes(reader.kid) === true;
  if (!isNamed || atDesk.has(reader.kid)) throw new VaultError();
  const enclosure = await sealEnclosure({ caseId, reader, receipt });
  return sealText({ caseKey, caseId, key: 'case', epoch: record.epoch, kind: 'reply', signer }, text, { enclosure });
}

/**
 * Seals a note under the desk key, as `{ text }`. Where the agency has none yet, begins it for those whom this officer
 * knows to read the case, and never for the person: an agency that had the case before keeps its notes to itself.
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
  const last = opened.chains.get('desk')?.at(-1);
  const readsOn = new Set(sealed.deskReaders.map(({ kid }) => kid));
  // Where somebody has left, or is kept out since, they are not to read this note: the next epoch begins without them.
  if (last?.readers.length === readsOn.size && last.readers.every((kid) => readsOn.has(kid))) {
    const newest = newestEpoch(opened, 'desk');
    if (!newest) throw new VaultError();
    return { item: await sealText({ ...note, caseKey: newest.caseKey, epoch: newest.record.epoch }, text) };
  }
  const begun = await beginEpoch({
    caseId,
    key: 'desk',
    readers: await deskReaders(sealed, opened),
    signer,
    previous: newestRecord(sealed, opened, 'desk'),
    held: writableCase(sealed, opened).caseKey,
  });
  const item = await sealText({ ...note, caseKey: begun.caseKey, epoch: begun.epoch }, text);
  return { item, desk: { record: begun.record, grants: begun.grants.map(({ reader, jwe }) => ({ reader, jwe })) } };
}

/**
 * The newest case key, for an officer to write under. @throws {ReadersUnknown} @throws {VaultError}
 */
export function writableCase(sealed: SealedCase, opened: OpenKeys): OpenEpoch {
  return writableEpoch(opened, colleagues(newestReaders(opened), [...sealed.deskReaders, ...sealed.keptOut], opened));
}

/**
 * Kids of the colleagues of an officer to whom a case was granted by name, as a disclosure is. The server names them, and
 * is believed until staff keys are logged; of an agency's key it is not, since each officer of the agency holds that.
 */
export function colleagues(readers: readonly KeyId[], named: readonly PublicKey[], opened: OpenKeys): KeyId[] {
  const { own, renewals } = opened;
  const isNamed = namesOf(own.agreement.kid, renewals).some((kid) => readers.includes(kid));
  return isNamed ? named.flatMap(({ kid }) => namesOf(kid, renewals)) : [];
}

/**
 * The newest signed record of a key, to link the next to it.
 *
 * @throws {VaultError} where there are records that do not verify
 */
export function newestRecord(sealed: SealedKeys, opened: OpenKeys, key: CaseKeyName): CompactJws | undefined {
  const epoch = opened.chains.get(key)?.length;
  const found = sealed.epochs.find((each) => each.key === key && each.epoch === (epoch ?? each.epoch));
  if (found && epoch === undefined) throw new VaultError();
  return found?.record;
}

/**
 * The server says which key is the mailbox's. It is believed where the statement was said under it: whoever does not hold
 * the case key could not have put other words there, nor a signature beside them.
 */
export async function requireStatement(sealed: SealedCase, opened: OpenKeys): Promise<void> {
  if (sealed.isPart === true) return requireExcerpt(sealed, opened);
  const statement = sealed.items.find(({ key, kind }) => key === 'case' && kind === 'statement');
  if (!statement || (await readItem(sealed.id, statement, opened)).content === null) throw new VaultError();
}

/* A part holds no statement. Whoever split it off has said in each excerpt which keys are the person's. */
async function requireExcerpt(sealed: SealedCase, opened: OpenKeys): Promise<void> {
  const [agreement, signing] = [await thumbprint(sealed.mailbox.agreement), await thumbprint(sealed.mailbox.signing)];
  for (const item of sealed.items.filter(({ key, kind }) => key === 'case' && kind === 'excerpt')) {
    const mailbox = (await readItem(sealed.id, item, opened)).excerpt?.mailbox;
    if (mailbox?.agreement === agreement && mailbox.signing === signing) return;
  }
  throw new VaultError();
}

/**
 * The server says to whom the desk key goes; it is believed only for readers whom the verified case key names, and who
 * came to them later: let in by who holds the case, and not retired by the log of keys. A key of the agency that this officer holds would not do: a grant proves no
 * sender, so the server could have made it.
 */
export async function deskReaders(sealed: SealedCase, opened: OpenKeys): Promise<readonly PublicKey[]> {
  const mailbox = await thumbprint(sealed.mailbox.agreement);
  const unnamed = unnamedReaders(sealed, opened);
  const isKnown = sealed.deskReaders.every(
    ({ kid }) => kid !== mailbox && (!unnamed.includes(kid) || isStillThere(opened.joined.get(kid))),
  );
  if (sealed.deskReaders.length === 0 || !isKnown) throw new VaultError();
  return sealed.deskReaders;
}

function isStillThere(standing: ReturnType<OpenKeys['joined']['get']>): boolean {
  return standing !== undefined && standing !== 'retired';
}

/** Kids of those to whom the desk key goes and whom the newest case key does not name. */
export function unnamedReaders(sealed: SealedCase, opened: OpenKeys): KeyId[] {
  const onCase = newestReaders(opened);
  return sealed.deskReaders
    .map(({ kid }) => kid)
    .filter((kid) => !namesOf(kid, opened.renewals).some((name) => onCase.includes(name)));
}

/** Where a text is to be sealed. */
export interface TextPlace {
  readonly caseKey: Bytes;
  readonly caseId: string;
  readonly key: CaseKeyName;
  readonly epoch: number;
  readonly kind: ItemKind;
  readonly signer: Signer;
}

/** Seals a text as `{ text }`, with what else belongs to it, under an id of its own. @throws {ContentTooLong} */
export async function sealText(place: TextPlace, text: string, more: JsonObject = {}): Promise<NewItem> {
  const id = crypto.randomUUID();
  return { id, jwe: await sealItem({ ...place, item: id, content: { text, ...more } }) };
}

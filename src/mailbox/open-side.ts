import { wordsIn } from '../cases/excerpt.js';
import { openKeys, readItem, type OpenKeys, type ReadItem } from '../cases/open-words.js';
import type { StoredItem } from '../cases/sealed-case.js';
import { openEnclosure } from '../vault/enclosure.js';
import { openMailbox, type MailboxKeys } from '../vault/mailbox.js';
import { orNull, type Bytes, type JsonObject } from '../vault/suite.js';
import type { SealedSide } from './mailbox-side.js';

// The same in the person's browser and, for those without a script, on the server. Nothing here talks to a server.

/** A mailbox that was opened with what its receipt gives. */
export interface OpenSide {
  readonly caseId: string;
  readonly keys: MailboxKeys;
  readonly opened: OpenKeys;
}

/**
 * Opens the mailbox's own keys and, with them, those of the case. What the person says, and epoch 1, must be signed by
 * the key that was sealed under this receipt, whatever key the server names.
 *
 * @throws {VaultError} where the receipt's key does not open this mailbox
 */
export async function openSide(sealed: SealedSide, mailboxKey: Bytes): Promise<OpenSide> {
  const keys = await openMailbox({ mailboxKey, sealedPrivate: sealed.sealedPrivate });
  const mailbox = { signing: keys.signing.jwk, agreement: keys.agreement.jwk };
  const desk = { agreement: keys.agreement, agency: new Map() };
  // The mailbox's own case begins with the person, whatever the server says of it.
  return { caseId: sealed.id, keys, opened: await openKeys({ ...sealed, isPart: false, mailbox }, desk) };
}

/**
 * Opens the keys of a part with the mailbox that was opened. What an officer began counts only where they held the whole.
 */
export async function openPart({ keys, opened: whole }: OpenSide, sealed: SealedSide): Promise<OpenSide> {
  const mailbox = { signing: keys.signing.jwk, agreement: keys.agreement.jwk };
  const desk = { agreement: keys.agreement, agency: new Map() };
  return { caseId: sealed.id, keys, opened: await openKeys({ ...sealed, isPart: true, mailbox }, desk, whole) };
}

/**
 * Opens one item; its content is null where it does not open, or was not signed by whom it is said to be from. What a reply
 * encloses for the person alone stands in its content as `receipt`.
 */
export async function openOne({ caseId, keys, opened }: OpenSide, item: StoredItem): Promise<ReadItem> {
  const read = await readItem(caseId, item, opened);
  if (read.kind !== 'reply' || read.content?.enclosure === undefined) return read;
  const { enclosure, ...content } = read.content;
  const receipt = await openEnclosure({ jwe: enclosure, caseId, reader: keys.agreement }).catch(orNull);
  return { ...read, content: receipt ? { ...content, receipt } : content };
}

/** What an item says, by field; null where it did not open. */
export function wordsOf(content: JsonObject | null): Record<string, string> | null {
  return content && wordsIn(content);
}

import { encode, randomBytes } from './bytes.js';
import { commitmentOf, digestOf, type ClearItem, type LodgingOpening } from './commitment.js';
import { sealItem } from './content.js';
import { beginEpoch } from './epochs.js';
import { requireInput } from './form.js';
import type { Grant } from './grants.js';
import type { PublicKey } from './keys.js';
import { makeMailbox, type MailboxRecord } from './mailbox.js';
import { makeReceipt } from './receipt.js';
import type { Base64url, CaseId, CaseKeyName, CompactJwe, CompactJws, ItemId, ItemKind, JsonObject } from './suite.js';

interface SealedItem {
  id: ItemId;
  key: CaseKeyName;
  kind: ItemKind;
  jwe: CompactJwe;
}

/** What is sent to lodge: the sealed part of `POST /api/v1/submissions`. */
export interface SealedSubmission {
  sealed: {
    case: CaseId;
    items: SealedItem[];
    epochs: { key: CaseKeyName; epoch: number; record: CompactJws }[];
    commitment: Base64url;
  };
  grants: Grant[];
  mailbox: MailboxRecord;
}

export interface SealedLodging {
  /** Shown once, to the person, and sent to nobody. */
  receipt: string;
  submission: SealedSubmission;
  /** What `commitment` commits to, in clear: for the person alone. */
  opening: LodgingOpening;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Seals a lodging in one call: a receipt, its mailbox, a key for the statement and, where a name is given, another for the
 * identity, each granted to its readers and to the mailbox. What is sealed has the member `nonce` added, and a statement
 * with a name beside it the member `others`.
 * @param input.caseId chosen here if it is not given
 * @param input.receiver the agency's id
 * @param input.day YYYY-MM-DD in Auckland
 * @throws ContentTooLong; VaultError where a reader's kid is not its key's; TypeError where a parameter has not its form
 */
export async function sealLodging(input: {
  caseId?: CaseId | undefined;
  statement: JsonObject;
  identity?: JsonObject | undefined;
  readers: readonly PublicKey[];
  identityReaders: readonly PublicKey[];
  receiver: string;
  day: string;
}): Promise<SealedLodging> {
  const { caseId = crypto.randomUUID(), statement, identity, receiver, day } = input;
  requireInput(DAY.test(day), 'day');
  requireInput(!Object.hasOwn(statement, 'nonce') && !Object.hasOwn(statement, 'others'), 'statement');
  requireInput(identity === undefined || !Object.hasOwn(identity, 'nonce'), 'identity');
  requireInput(input.readers.length > 0, 'readers');
  requireInput(identity === undefined || input.identityReaders.length > 0, 'identityReaders');
  const nonce = encode(randomBytes(32));
  const others: ClearItem[] = identity === undefined ? [] : [identityItem(identity)];
  // Whoever is not to know the name still sees that nothing else was taken out.
  const named = others.length > 0 ? { others: await Promise.all(others.map(digestOf)) } : {};
  const content = { ...statement, nonce, ...named };
  const items: ClearItem[] = [{ id: crypto.randomUUID(), key: 'case', kind: 'statement', content }, ...others];
  const receipt = makeReceipt();
  const { idHash, agreement, signing, sealedPrivate, keys } = await makeMailbox(receipt);

  const sealed: SealedSubmission['sealed'] = {
    case: caseId,
    items: [],
    epochs: [],
    commitment: await commitmentOf({ items, receiver, day, nonce }),
  };
  const grants: Grant[] = [];
  for (const { id, key, kind, content } of items) {
    const readers = [...(key === 'identity' ? input.identityReaders : input.readers), agreement];
    const begun = await beginEpoch({ caseId, key, readers, signer: keys.signing });
    const { epoch, caseKey, record } = begun;
    const jwe = await sealItem({ caseKey, caseId, key, epoch, item: id, kind, content, signer: keys.signing });
    sealed.items.push({ id, key, kind, jwe });
    sealed.epochs.push({ key, epoch, record });
    grants.push(...begun.grants);
  }
  const mailbox = { idHash, agreement, signing, sealedPrivate };
  return { receipt, submission: { sealed, grants, mailbox }, opening: { items, receiver, day, nonce } };
}

/** With a nonce of its own: a name could be guessed, and its hash is shown to those who are not to read it. */
function identityItem(identity: JsonObject): ClearItem {
  const content = { ...identity, nonce: encode(randomBytes(32)) };
  return { id: crypto.randomUUID(), key: 'identity', kind: 'identity', content };
}

import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { readPublicJwk } from '../vault/keys.js';
import { CASE_KEY_NAMES, type CaseKeyName } from '../vault/suite.js';
import { NotFound } from '../web/errors.js';
import { caseFor, timeKept } from './case-access.js';
import type { Case } from './case.entity.js';
import { mayRead } from './case.policy.js';
import { deskReaders, keptOut } from './desk-readers.js';
import { mailboxOf } from './mailbox-of-case.js';
import type { SealedCase, StoredItem } from './sealed-case.js';
import {
  consentsOf,
  epochsOf,
  grantsTo,
  joiningsOf,
  kidsOf,
  lodgedWith,
  renewalsOf,
  signingKeysOf,
  STORED_ITEMS,
} from './sealed-parts.js';

/** Items in one answer: a hundred of the smallest size are some 300 KB. */
const ITEMS_AT_ONCE = 100;

/**
 * Hands out the sealed words of a case with what this officer's keys need to open them. Audited apart from the page,
 * since this is where words leave the server.
 *
 * @param after id of the last item already there
 * @throws {NotFound} also to those who may not know of the case, and where `after` is none of its items
 */
export async function readSealedCase(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  after?: string,
): Promise<SealedCase> {
  const found = await caseFor(manager, actor, id, mayRead);
  return sealedCaseFor(manager, actor, found, {
    after,
    deskReaders: await deskReaders(manager, found),
    keptOut: await keptOut(manager, found),
  });
}

/**
 * The sealed words of a case for an officer who may read it: of what an agency keeps to itself, and of what was said
 * about handing it on, only what is granted to this officer or to their agency. Who wrote a disclosure is not among them:
 * to open that is an act of its own (Protected Disclosures Act 2022, s 17).
 *
 * @throws {NotFound} where `after` is none of these items
 */
export async function sealedCaseFor(
  manager: EntityManager,
  actor: StaffActor,
  found: Case,
  more: { readonly after: string | undefined } & Pick<SealedCase, 'deskReaders' | 'keptOut'>,
): Promise<SealedCase> {
  const mailbox = await mailboxOf(manager, found.id);
  const keys = keysOfWords(found);
  const epochs = await epochsOf(manager, found.id, keys);
  const kids = await kidsOf(manager, actor, found.path);
  const items = await itemsOf(manager, found, kids, more.after);
  await append(manager, { action: 'case.words_read', actor, caseId: found.id, ...timeKept(found) });
  const page = items.slice(0, ITEMS_AT_ONCE);
  return {
    id: found.id,
    isPart: found.wholeId !== null,
    lodgedWith: await lodgedWith(manager, found),
    mailbox: { signing: readPublicJwk(mailbox.signingJwk), agreement: readPublicJwk(mailbox.agreementJwk) },
    staffSigning: await signingKeysOf(manager, found.id, epochs),
    epochs,
    consents: await consentsOf(manager, found.id),
    renewals: await renewalsOf(manager, found.id),
    joinings: await joiningsOf(manager, found.id),
    grants: (await grantsTo(manager, found.id, kids)).filter(({ key }) => keys.includes(key)),
    items: page,
    next: items.length > ITEMS_AT_ONCE ? (page.at(-1)?.id ?? null) : null,
    deskReaders: more.deskReaders,
    keptOut: more.keptOut,
  };
}

function keysOfWords({ path }: Case): readonly CaseKeyName[] {
  return path === 'complaint' ? CASE_KEY_NAMES : CASE_KEY_NAMES.filter((key) => key !== 'identity');
}

/* Notes are an agency's own, and a note to a receiver is that receiver's: the next one reads neither. */
const SHOWN = `i.key = ANY ($3) AND (i.key NOT IN ('desk', 'referral') OR EXISTS (
  SELECT FROM case_grants g
   WHERE g.case_id = i.case_id AND g.key = i.key AND g.epoch = i.epoch AND g.reader = ANY ($2)))`;

/* The cursor is an item's id, as in a mailbox; its position is nobody's business but the table's. */
async function itemsOf(
  manager: EntityManager,
  found: Case,
  kids: readonly string[],
  after: string | undefined,
): Promise<StoredItem[]> {
  const keys = keysOfWords(found);
  let from = 0;
  if (after !== undefined) {
    const [last] = await manager.query<{ position: number }[]>(
      `SELECT i.position FROM case_items i WHERE i.case_id = $1 AND ${SHOWN} AND i.id = $4`,
      [found.id, kids, keys, after],
    );
    if (!last) throw new NotFound();
    from = last.position;
  }
  return manager.query<StoredItem[]>(
    `${STORED_ITEMS} WHERE i.case_id = $1 AND ${SHOWN} AND i.position > $4 ORDER BY i.position LIMIT $5`,
    [found.id, kids, keys, from, ITEMS_AT_ONCE + 1],
  );
}

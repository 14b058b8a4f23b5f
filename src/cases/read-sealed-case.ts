import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { readPublicJwk } from '../vault/keys.js';
import { CASE_KEY_NAMES } from '../vault/suite.js';
import { NotFound } from '../web/errors.js';
import { caseFor, timeKept } from './case-access.js';
import type { Case } from './case.entity.js';
import { mayRead } from './case.policy.js';
import { deskReaders } from './desk-readers.js';
import { Mailbox } from './mailbox.entity.js';
import type { SealedCase, StoredItem } from './sealed-case.js';
import { epochsOf, grantsTo, signingKeysOf } from './sealed-parts.js';

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
  const mailbox = await manager.findOneByOrFail(Mailbox, { caseId: found.id });
  const epochs = await epochsOf(manager, found.id, CASE_KEY_NAMES);
  const items = await itemsOf(manager, found, after);
  await append(manager, { action: 'case.words_read', actor, caseId: found.id, ...timeKept(found) });
  const page = items.slice(0, ITEMS_AT_ONCE);
  return {
    id: found.id,
    mailbox: { signing: readPublicJwk(mailbox.signingJwk), agreement: readPublicJwk(mailbox.agreementJwk) },
    staffSigning: await signingKeysOf(manager, found.id, CASE_KEY_NAMES, epochs),
    epochs,
    grants: await grantsTo(manager, found.id, await readersOf(manager, actor, found)),
    items: page,
    next: items.length > ITEMS_AT_ONCE ? (page.at(-1)?.id ?? null) : null,
    deskReaders: await deskReaders(manager, found),
  };
}

/* The cursor is an item's id, as in a mailbox; its position is nobody's business but the table's. */
async function itemsOf(manager: EntityManager, found: Case, after: string | undefined): Promise<StoredItem[]> {
  let from = 0;
  if (after !== undefined) {
    const [last] = await manager.query<{ position: number }[]>(
      `SELECT position FROM case_items WHERE id = $1 AND case_id = $2`,
      [after, found.id],
    );
    if (!last) throw new NotFound();
    from = last.position;
  }
  return manager.query<StoredItem[]>(
    `SELECT i.id, i.key, i.epoch, i.kind, i.author, p.display_name AS by, to_char(i.made_on, 'YYYY-MM-DD') AS "madeOn", i.jwe
       FROM case_items i LEFT JOIN staff p ON p.id = i.staff_id
      WHERE i.case_id = $1 AND i.position > $2 ORDER BY i.position LIMIT $3`,
    [found.id, from, ITEMS_AT_ONCE + 1],
  );
}

/** The officer's own current key and, for a complaint, every complaints key their agency ever had. */
async function readersOf(manager: EntityManager, actor: StaffActor, found: Case): Promise<string[]> {
  const rows = await manager.query<{ kid: string }[]>(
    `SELECT kid FROM staff_keys WHERE staff_id = $1 AND purpose = 'agreement' AND retired_at IS NULL
     UNION ALL SELECT kid FROM agency_keys WHERE agency_id = $2 AND purpose = 'complaints' AND $3 = 'complaint'`,
    [actor.staffId, found.agencyId, found.path],
  );
  return rows.map(({ kid }) => kid);
}

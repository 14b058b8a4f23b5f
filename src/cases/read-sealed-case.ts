import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { readEpochRecord } from '../vault/epochs.js';
import { readPublicJwk, type PublicKey } from '../vault/keys.js';
import { NotFound } from '../web/errors.js';
import { caseFor, timeKept } from './case-access.js';
import type { Case } from './case.entity.js';
import { mayRead } from './case.policy.js';
import { deskReaders } from './desk-readers.js';
import { grantPlace, unwrapGrant } from './disposal.js';
import { Mailbox } from './mailbox.entity.js';
import type { SealedCase, StoredItem } from './sealed-case.js';

/** Items in one answer: a hundred of the smallest size are some 300 KB. */
export const ITEMS_AT_ONCE = 100;

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
  const epochs = await manager.query<SealedCase['epochs']>(
    `SELECT key, epoch, record FROM case_epochs WHERE case_id = $1 ORDER BY key, epoch`,
    [found.id],
  );
  const items = await itemsOf(manager, found, after);
  await append(manager, { action: 'case.words_read', actor, caseId: found.id, ...timeKept(found) });
  const page = items.slice(0, ITEMS_AT_ONCE);
  return {
    id: found.id,
    mailbox: { signing: readPublicJwk(mailbox.signingJwk), agreement: readPublicJwk(mailbox.agreementJwk) },
    staffSigning: await signingKeys(manager, found, epochs),
    epochs,
    grants: await grantsFor(manager, actor, found),
    items: page,
    next: items.length > ITEMS_AT_ONCE ? (page.at(-1)?.id ?? null) : null,
    deskReaders: await deskReaders(manager, found),
  };
}

/* The cursor is an item's id and not its position: positions count the items of all cases. */
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

/** The grants to this officer's own keys and, for a complaint, to every complaints key their agency ever had. */
async function grantsFor(manager: EntityManager, actor: StaffActor, found: Case): Promise<SealedCase['grants']> {
  const rows = await manager.query<{ key: 'case' | 'identity' | 'desk'; epoch: number; reader: string; wrapped: Buffer }[]>(
    `SELECT key, epoch, reader, wrapped FROM case_grants
      WHERE case_id = $1 AND reader IN (
        SELECT kid FROM staff_keys WHERE staff_id = $2 AND purpose = 'agreement' AND retired_at IS NULL
        UNION ALL SELECT kid FROM agency_keys WHERE agency_id = $3 AND purpose = 'complaints' AND $4 = 'complaint')
      ORDER BY key, epoch, reader`,
    [found.id, actor.staffId, found.agencyId, found.path],
  );
  const [disposal] = await manager.query<{ key: Buffer }[]>(`SELECT key FROM disposal.keys WHERE case_id = $1`, [found.id]);
  // Disposed of: the rows may still lie in a backup's copy, but nothing unwraps them.
  if (!disposal) return [];
  return rows.map(({ key, epoch, reader, wrapped }) => ({
    key,
    epoch,
    reader,
    jwe: unwrapGrant(disposal.key, grantPlace(found.id, key, epoch, reader), wrapped),
  }));
}

/** Keys of the agency's staff that signed something here, retired ones too: what they signed still stands. */
async function signingKeys(manager: EntityManager, found: Case, epochs: SealedCase['epochs']): Promise<PublicKey[]> {
  const signers = epochs.map(({ record }) => readEpochRecord(record).signedBy);
  return manager.query<PublicKey[]>(
    `SELECT k.kid, k.jwk FROM staff_keys k
      WHERE k.purpose = 'signing'
        AND (k.kid = ANY ($1) OR k.staff_id IN (SELECT staff_id FROM case_items WHERE case_id = $2))
      ORDER BY k.kid`,
    [signers, found.id],
  );
}

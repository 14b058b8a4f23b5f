import type { EntityManager } from 'typeorm';
import type { StaffActor } from '../staff/staff-actor.js';
import { readEpochRecord, type SignedEpoch } from '../vault/epochs.js';
import { readGrantHeader } from '../vault/grants.js';
import { Conflict, Invalid } from '../web/errors.js';
import { wellFormed } from '../web/well-formed.js';
import { CaseEpoch } from './case-epoch.entity.js';
import { CaseGrant } from './case-grant.entity.js';
import type { Case } from './case.entity.js';
import { deskReaders } from './desk-readers.js';
import { grantPlace, wrapGrant } from './disposal.js';
import type { NewDeskEpoch } from './sealed-case.js';

const FIRST = 1;

/**
 * Begins the desk key of a locked case, once: granted to exactly those who read notes on it now, and so never to the
 * mailbox.
 *
 * @throws {Conflict} `desk_begun` when somebody was first, `readers_changed` when the readers are no longer those it was
 *   granted to; the browser looks again and seals again
 * @throws {Invalid} when record or grants are not what they must be
 */
export async function beginDesk(
  manager: EntityManager,
  actor: StaffActor,
  found: Case,
  { record, grants }: NewDeskEpoch,
): Promise<void> {
  if (await manager.existsBy(CaseEpoch, { caseId: found.id, key: 'desk' })) {
    throw new Conflict('desk_begun', 'A colleague has just begun the notes of this case. Send it again.');
  }
  const signed = await read('desk.record', () => readEpochRecord(record));
  if (signed.case !== found.id || signed.key !== 'desk' || signed.epoch !== FIRST) throw malformed('desk.record');
  if (!(await signsAs(manager, actor, signed))) throw malformed('desk.record');
  await requireReaders(manager, found, signed, grants);
  for (const [i, { reader, jwe }] of grants.entries()) {
    const field = `desk.grants.${i.toString()}.jwe`;
    const header = await read(field, () => readGrantHeader(jwe));
    const { kid, key, epoch } = header;
    if (header.case !== found.id || key !== 'desk' || epoch !== FIRST || kid !== reader) throw malformed(field);
  }

  const [disposal] = await manager.query<{ key: Buffer }[]>(`SELECT key FROM disposal.keys WHERE case_id = $1`, [
    found.id,
  ]);
  if (!disposal) throw new Conflict('case_closed', 'This case has been disposed of. Nothing was sent.');
  await manager.insert(CaseEpoch, { caseId: found.id, key: 'desk', epoch: FIRST, record });
  await manager.insert(
    CaseGrant,
    grants.map(({ reader, jwe }) => ({
      caseId: found.id,
      key: 'desk' as const,
      epoch: FIRST,
      reader,
      wrapped: wrapGrant(disposal.key, grantPlace(found.id, 'desk', FIRST, reader), jwe),
    })),
  );
}

async function requireReaders(
  manager: EntityManager,
  found: Case,
  signed: SignedEpoch,
  grants: NewDeskEpoch['grants'],
): Promise<void> {
  const granted = new Set(grants.map(({ reader }) => reader));
  if (granted.size !== grants.length || !same(granted, signed.readers)) throw malformed('desk.grants');
  const allowed = (await deskReaders(manager, found)).map(({ kid }) => kid);
  if (!same(granted, allowed)) {
    throw new Conflict('readers_changed', 'Those who may read the notes of this case have changed. Send it again.');
  }
}

function same(some: ReadonlySet<string>, others: readonly string[]): boolean {
  return some.size > 0 && some.size === others.length && others.every((one) => some.has(one));
}

/** Whether the record names the actor's own current signing key. The signature itself is for the readers to check. */
async function signsAs(manager: EntityManager, actor: StaffActor, { signedBy }: SignedEpoch): Promise<boolean> {
  const rows = await manager.query<unknown[]>(
    `SELECT FROM staff_keys WHERE kid = $1 AND staff_id = $2 AND purpose = 'signing' AND retired_at IS NULL`,
    [signedBy, actor.staffId],
  );
  return rows.length === 1;
}

function read<T>(field: string, work: () => T): Promise<T> {
  return wellFormed(work, () => malformed(field));
}

function malformed(field: string): Invalid {
  return new Invalid([
    { field, code: 'malformed', message: 'This is not made as it must be, or belongs to another case.' },
  ]);
}

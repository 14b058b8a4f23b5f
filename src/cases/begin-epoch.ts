import type { EntityManager } from 'typeorm';
import type { StaffActor } from '../staff/staff-actor.js';
import { readEpochRecord, verifyEpochs } from '../vault/epochs.js';
import { readGrantHeader } from '../vault/grants.js';
import { importPublicKey, readPublicJwk, thumbprint, type PublicKey } from '../vault/keys.js';
import type { CaseKeyName } from '../vault/suite.js';
import { Conflict, Invalid } from '../web/errors.js';
import { wellFormed } from '../web/well-formed.js';
import { CaseEpoch } from './case-epoch.entity.js';
import type { Case } from './case.entity.js';
import { grantPlace, wrapGrant } from './disposal.js';
import { mailboxOf } from './mailbox-of-case.js';
import type { Mailbox } from './mailbox.entity.js';
import type { NewEpoch } from './sealed-case.js';

/** Which epoch is begun, and for whom. */
export interface EpochToBegin {
  readonly key: CaseKeyName;
  /** Kids of exactly those who are to read. */
  readonly readers: readonly string[];
  /** Where it stands in what was sent, for what is said about it. */
  readonly field: string;
}

/**
 * Stores the next epoch of one of a locked case's keys, begun in an officer's browser, with its grants. Signature and link
 * are verified here too: an epoch that no browser accepts would close the case to everybody.
 *
 * @returns the epoch's number
 * @throws {Conflict} `readers_changed` when it is granted to others than `readers`, `epoch_closed` when it is not the next
 * @throws {Invalid} when record or grants are not what they must be
 */
export async function storeEpoch(
  manager: EntityManager,
  actor: StaffActor,
  found: Case,
  begun: EpochToBegin,
  sent: NewEpoch,
): Promise<number> {
  const { key, field } = begun;
  const before = await manager.find(CaseEpoch, { where: { caseId: found.id, key }, order: { epoch: 'ASC' } });
  const mailbox = await mailboxOf(manager, found.id);
  const epoch = await checkEpoch(manager, actor, { caseId: found.id, mailbox, before }, begun, sent);
  const grants = sent.grants.map((grant) => ({ ...grant, key, epoch }));
  const wrapped = await wrapGrants(manager, found, grants, `${field}.grants`);
  // In one statement: between the two a disclosure would be nobody's, since nobody was granted its newest key.
  await manager.query(
    `WITH begun AS (INSERT INTO case_epochs (case_id, key, epoch, record) VALUES ($1, $2, $3, $4))
     INSERT INTO case_grants (case_id, key, epoch, reader, wrapped)
     SELECT $1, $2, $3, * FROM unnest($5::text[], $6::bytea[])`,
    [found.id, key, epoch, sent.record, wrapped.map(({ reader }) => reader), wrapped.map((grant) => grant.wrapped)],
  );
  return epoch;
}

/** In which case an epoch is begun. */
export interface EpochPlace {
  readonly caseId: string;
  /** Of its person. */
  readonly mailbox: Mailbox;
  /** The epochs of that key so far, oldest first. */
  readonly before: readonly Pick<CaseEpoch, 'epoch' | 'record'>[];
}

/**
 * Checks a new epoch before anything is stored, also of a case that is still to be made.
 *
 * @returns the epoch's number
 * @throws {Conflict} `readers_changed` when it is granted to others than `readers`, `epoch_closed` when it is not the next
 * @throws {Invalid} when record or grants are not what they must be
 */
export async function checkEpoch(
  manager: EntityManager,
  actor: StaffActor,
  { caseId, mailbox, before }: EpochPlace,
  { key, readers, field }: EpochToBegin,
  { record, grants }: NewEpoch,
): Promise<number> {
  const signed = await wellFormed(
    () => readEpochRecord(record),
    () => malformed(`${field}.record`),
  );
  const { epoch } = signed;
  if (signed.case !== caseId || signed.key !== key) throw malformed(`${field}.record`);
  const granted = new Set(grants.map(({ reader }) => reader));
  if (granted.size !== grants.length || !sameKids(granted, signed.readers)) throw malformed(`${field}.grants`);
  if (!sameKids(granted, readers)) {
    throw new Conflict('readers_changed', 'Those who may read this have changed meanwhile. Send it again.');
  }
  if (epoch !== (before.at(-1)?.epoch ?? 0) + 1) throw epochClosed();
  const records = [...before.map((one) => one.record), record];
  await wellFormed(
    async () => {
      const known = await signersOf(manager, mailbox, actor, records);
      await verifyEpochs({
        records,
        expect: { caseId, key },
        verify: async (kid, at) => {
          const signer = at === epoch ? known.own : known.all;
          const jwk = signer.get(kid);
          return jwk && importPublicKey({ kid, jwk }, 'signing');
        },
      });
    },
    () => malformed(`${field}.record`),
  );
  await checkGrants(
    caseId,
    grants.map((grant) => ({ ...grant, key, epoch })),
    `${field}.grants`,
  );
  return epoch;
}

/** A grant on its way to be stored. */
export interface GrantToStore {
  readonly key: CaseKeyName;
  readonly epoch: number;
  readonly reader: string;
  readonly jwe: string;
}

/**
 * Checks the form of grants of a case, and wraps each for its place.
 *
 * @throws {Invalid} when one is not what it must be
 * @throws {Conflict} `case_closed` when the case was disposed of
 */
export async function wrapGrants<T extends GrantToStore>(
  manager: EntityManager,
  found: Case,
  grants: readonly T[],
  field: string,
): Promise<{ caseId: string; key: T['key']; epoch: number; reader: string; wrapped: Buffer }[]> {
  const disposal = await disposalKeyOf(manager, found);
  await checkGrants(found.id, grants, field);
  return grants.map(({ key, epoch, reader, jwe }) => {
    const wrapped = wrapGrant(disposal, grantPlace(found.id, key, epoch, reader), jwe);
    return { caseId: found.id, key, epoch, reader, wrapped };
  });
}

async function checkGrants(caseId: string, grants: readonly GrantToStore[], field: string): Promise<void> {
  for (const [at, { key, epoch, reader, jwe }] of grants.entries()) {
    const refusal = (): Invalid => malformed(`${field}.${at.toString()}.jwe`);
    const header = await wellFormed(() => readGrantHeader(jwe), refusal);
    if (header.case !== caseId || header.key !== key || header.epoch !== epoch || header.kid !== reader)
      throw refusal();
  }
}

/** @throws {Conflict} `case_closed` when the case was disposed of */
export async function disposalKeyOf(manager: EntityManager, { id }: Pick<Case, 'id'>): Promise<Buffer> {
  const [disposal] = await manager.query<{ key: Buffer }[]>(`SELECT key FROM disposal.keys WHERE case_id = $1`, [id]);
  if (!disposal) throw new Conflict('case_closed', 'This case has been disposed of. Nothing was sent.');
  return disposal.key;
}

function sameKids(some: ReadonlySet<string>, others: readonly string[]): boolean {
  return some.size > 0 && some.size === others.length && others.every((one) => some.has(one));
}

export function epochClosed(): Conflict {
  return new Conflict('epoch_closed', 'The keys of this case have changed meanwhile. Nothing was sent; send it again.');
}

/* The new record must be in the actor's own name; those before may be anybody's who could begin them. */
async function signersOf(
  manager: EntityManager,
  mailbox: Mailbox,
  actor: StaffActor,
  records: readonly string[],
): Promise<Record<'own' | 'all', ReadonlyMap<string, PublicKey['jwk']>>> {
  const kids = records.map((record) => readEpochRecord(record).signedBy);
  const rows = await manager.query<(PublicKey & { own: boolean })[]>(
    `SELECT kid, jwk, staff_id = $2 AND retired_at IS NULL AS own
       FROM staff_keys WHERE kid = ANY ($1) AND purpose = 'signing'`,
    [kids, actor.staffId],
  );
  const signing = readPublicJwk(mailbox.signingJwk);
  return {
    own: new Map(rows.filter(({ own }) => own).map(({ kid, jwk }) => [kid, jwk])),
    all: new Map([...rows.map(({ kid, jwk }) => [kid, jwk] as const), [await thumbprint(signing), signing] as const]),
  };
}

function malformed(field: string): Invalid {
  return new Invalid([
    { field, code: 'malformed', message: 'This is not made as it must be, or belongs to another case.' },
  ]);
}

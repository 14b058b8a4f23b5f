import { loadDirectory } from '../../src/agencies/directory.js';
import { identityReaders } from '../../src/agencies/identity-readers.js';
import { KeyLog } from '../../src/agencies/key-log/key-log.js';
import { currentReaders } from '../../src/agencies/readers.js';
import { makeReference } from '../../src/cases/case-reference.js';
import type { CasePath } from '../../src/cases/case.entity.js';
import { openCase } from '../../src/cases/open-case.js';
import { openKeys, readItem, type DeskKeys, type OpenKeys, type ReadItem } from '../../src/cases/open-words.js';
import { placeCase } from '../../src/cases/place-case.js';
import type { SealedCase } from '../../src/cases/sealed-case.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { keepCommitment } from '../../src/proofs/lodged-commitments.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { withColleaguesLater } from '../../src/cases/joining/later-readers.js';
import type { WholeLog } from '../../src/vault/joined-readers.js';
import type { PublicKey } from '../../src/vault/keys.js';
import { sealLodging, type SealedLodging } from '../../src/vault/lodging.js';
import type { JsonObject } from '../../src/vault/suite.js';
import { heldKeys, type HeldKeys } from '../support/held-keys.js';
import { SYSTEM, type Desk, type DeskClient } from './desk.js';

const directory = loadDirectory();

export interface LodgedCase {
  readonly id: string;
  readonly reference: string;
  readonly lodging: SealedLodging;
}

export interface ToLodge {
  readonly agencyId: string;
  readonly path: CasePath;
  readonly says?: string;
  /** To whom instead of all current readers. */
  readonly readers?: readonly PublicKey[];
  readonly notifySealed?: string;
  /** A day before today, YYYY-MM-DD, where it is to be one on which others read. */
  readonly lodgedOn?: string;
}

/** Lodges and places a case, sealed as a reporter's browser seals it. */
export async function lodge(
  desk: Desk,
  { agencyId, path, says = 'Words', notifySealed, ...given }: ToLodge,
): Promise<LodgedCase> {
  const current = await desk.database.asActor(SYSTEM, (manager) => currentReaders(manager, agencyId));
  const readers: readonly (PublicKey & { readonly custodian?: true })[] =
    given.readers ?? (path === 'complaint' ? current?.complaints : current?.disclosures) ?? [];
  const facets = { danger: 'none', classified: 'no', topic: 'delay', about: agencyId };
  const day = given.lodgedOn ?? todayInAuckland();
  const lodging = await sealLodging({
    statement: { whatHappened: says, ...(path === 'disclosure' ? { facets } : {}) },
    identity: { identity: 'Ana, 04 123 4567' },
    readers,
    identityReaders: identityReaders(readers),
    receiver: agencyId,
    day,
  });
  const { sealed, grants, mailbox } = lodging.submission;
  const reference = makeReference();
  await desk.database.asActor({ kind: 'public' }, (manager) =>
    openCase(manager, {
      id: sealed.case,
      reference,
      agencyId,
      path,
      delivery: 'direct',
      facets: path === 'complaint' ? facets : null,
      ruleset: 'test',
      rules: ['test.rule'],
      decidedFor: agencyId,
      chosen: null,
      sealedWhere: 'browser',
      lodgedOn: day,
      epochs: sealed.epochs,
      grants,
      items: sealed.items,
      mailbox: {
        idHash: Buffer.from(mailbox.idHash, 'base64url'),
        agreementJwk: mailbox.agreement.jwk,
        signingJwk: mailbox.signing.jwk,
        sealedPrivate: mailbox.sealedPrivate,
        notifySealed: notifySealed ?? null,
      },
    }),
  );
  await desk.database.asActor({ kind: 'public' }, (manager) =>
    keepCommitment(manager, sealed.commitment, todayInAuckland()),
  );
  const job = {
    id: sealed.case,
    queue: 'routing',
    name: 'place_case',
    caseId: sealed.case,
    dueAt: new Date(),
  } as const;
  await desk.database.asActor(SYSTEM, (manager) => placeCase(manager, job, directory));
  return { id: sealed.case, reference, lodging };
}

/** An officer's keys as their unlocked browser has them. */
export async function unlock(client: DeskClient, who: EnrolledStaffMember): Promise<HeldKeys> {
  return heldKeys(who, await client.given('/staff/api/keys/grants'));
}

/** A case fetched and its keys opened. */
export async function fetchSealed(
  client: DeskClient,
  id: string,
  keys: DeskKeys,
): Promise<{ sealed: SealedCase; opened: OpenKeys }> {
  const sealed = await client.given<SealedCase>(`/staff/api/cases/${id}`);
  return { sealed, opened: await openKeys(sealed, keys) };
}

/** The same by a browser that asks the log of keys about readers whom nobody named. */
export async function askingLog(
  desk: Desk,
  { sealed, opened }: { readonly sealed: SealedCase; readonly opened: OpenKeys },
): Promise<{ sealed: SealedCase; opened: OpenKeys }> {
  const keyLog = desk.app.get(KeyLog, { strict: false });
  const whole = (): Promise<WholeLog | null> =>
    desk.database.asActor({ kind: 'public' }, (manager) => keyLog.whole(manager));
  return { sealed, opened: await withColleaguesLater(sealed, opened, { pins: keyLog.pins, whole }) };
}

/** Every item of a case, opened as far as it opens. */
export function readAll(sealed: SealedCase, opened: OpenKeys): Promise<ReadItem[]> {
  return Promise.all(sealed.items.map((item) => readItem(sealed.id, item, opened)));
}

/** What every item of a case says to somebody with these keys. */
export async function wordsOf(client: DeskClient, id: string, keys: DeskKeys): Promise<[string, JsonObject | null][]> {
  const { sealed, opened } = await fetchSealed(client, id, keys);
  const read = await readAll(sealed, opened);
  return read.map(({ kind, content }) => [kind, content]);
}

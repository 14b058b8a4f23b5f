import type { EntityManager } from 'typeorm';
import { append } from '../../audit/audit.js';
import { readCursor, writeCursor } from '../../cases/list-cursor.js';
import { readCase, type CaseInClear } from '../../cases/read-case.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { mayReadDisclosures } from '../../staff/staff.policy.js';
import { noWall } from '../../staff/walls.js';
import { isUuid } from '../../vault/form.js';
import { NotFound } from '../../web/errors.js';
import type { ReleaseState } from './identity-release.entity.js';
import {
  mayApproveRelease,
  mayDeclineRelease,
  mayKeep,
  mayOpenName,
  mayTellOfRelease,
  mayWithdrawRelease,
} from './identity.policy.js';
import { nameStanding } from './name-standing.js';
import { receiversOf } from './receivers.js';
import type { NotPracticable, ReleaseGround } from './release-grounds.js';
import type { Receiver } from './sealed-name.js';

/** Releases on one page. */
const PAGE_LENGTH = 25;

/** A release as its pages show it: all of it in clear. Days are YYYY-MM-DD in Pacific/Auckland; people by name. */
export interface ReleaseInClear {
  readonly id: string;
  readonly caseId: string;
  readonly reference: string;
  readonly ground: ReleaseGround;
  readonly state: ReleaseState;
  readonly noteItem: string;
  readonly consentItem: string | null;
  readonly consultedOn: string | null;
  readonly notPracticable: NotPracticable | null;
  readonly toStaff: string | null;
  /** Name of that colleague. */
  readonly to: string | null;
  readonly askedBy: string;
  readonly asker: string;
  readonly askedOn: string;
  readonly decider: string | null;
  readonly decidedOn: string | null;
  readonly toldOn: string | null;
}

const RELEASES = `
  SELECT r.id, r.case_id AS "caseId", c.reference, r.ground, r.state, r.note_item AS "noteItem",
         r.consent_item AS "consentItem", to_char(r.consulted_on, 'YYYY-MM-DD') AS "consultedOn",
         r.not_practicable AS "notPracticable", r.to_staff AS "toStaff", name_of_staff(r.to_staff) AS "to",
         r.asked_by AS "askedBy", name_of_staff(r.asked_by) AS asker, to_char(r.asked_on, 'YYYY-MM-DD') AS "askedOn",
         name_of_staff(r.decided_by) AS decider, to_char(r.decided_on, 'YYYY-MM-DD') AS "decidedOn",
         to_char(r.told_on, 'YYYY-MM-DD') AS "toldOn"
    FROM identity_releases r JOIN cases c ON c.id = r.case_id`;

/** What the page of a disclosure's name shows. */
export interface NamePage {
  readonly read: CaseInClear;
  /** Whether a name was given. */
  readonly named: boolean;
  readonly mayOpen: boolean;
  readonly mayAsk: boolean;
  readonly releases: readonly ReleaseInClear[];
}

/**
 * How a disclosure's name is kept, and its releases, oldest first.
 *
 * @throws {NotFound} also to those who may not know of the case, and of a complaint
 */
export async function readNamePage(manager: EntityManager, actor: StaffActor, id: string): Promise<NamePage> {
  const read = await readDisclosure(manager, actor, id);
  const standing = await nameStanding(manager, actor, read.found.id);
  return {
    read,
    named: standing !== null,
    mayOpen: standing !== null && mayOpenName(actor, standing),
    mayAsk: standing !== null && mayKeep(actor, standing),
    releases: await manager.query<ReleaseInClear[]>(`${RELEASES} WHERE r.case_id = $1 ORDER BY r.asked_on, r.id`, [
      read.found.id,
    ]),
  };
}

/** What somebody needs to ask for a release: the colleagues to choose from, and what the person wrote. */
export interface AskPage {
  readonly read: CaseInClear;
  readonly receivers: readonly Receiver[];
  readonly said: readonly { readonly id: string; readonly kind: string; readonly madeOn: string }[];
}

/** @throws {NotFound} to who does not keep the name */
export async function readAskPage(manager: EntityManager, actor: StaffActor, id: string): Promise<AskPage> {
  const read = await readDisclosure(manager, actor, id);
  const standing = await nameStanding(manager, actor, read.found.id);
  if (!standing || !mayKeep(actor, standing)) throw new NotFound();
  return {
    read,
    receivers: (await receiversOf(manager, read.found)).filter(({ staffId }) => staffId !== actor.staffId),
    said: await manager.query<AskPage['said'][number][]>(
      `SELECT id, kind, to_char(made_on, 'YYYY-MM-DD') AS "madeOn" FROM case_items
        WHERE case_id = $1 AND author = 'person' AND key = 'case' ORDER BY position DESC LIMIT 100`,
      [read.found.id],
    ),
  };
}

/** A release, and what this person may do with it. */
export interface ReleasePage {
  readonly read: CaseInClear;
  readonly release: ReleaseInClear;
  readonly mayApprove: boolean;
  readonly mayDecline: boolean;
  readonly mayWithdraw: boolean;
  readonly mayTell: boolean;
}

/** @throws {NotFound} where there is none, and to who may not know of the case */
export async function readRelease(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  releaseId: string,
): Promise<ReleasePage> {
  const read = await readDisclosure(manager, actor, id);
  const [release] = isUuid(releaseId)
    ? await manager.query<ReleaseInClear[]>(`${RELEASES} WHERE r.case_id = $1 AND r.id = $2`, [
        read.found.id,
        releaseId,
      ])
    : [];
  const standing = await nameStanding(manager, actor, read.found.id);
  if (!release || !standing) throw new NotFound();
  return {
    read,
    release,
    mayApprove: mayApproveRelease(actor, standing, release),
    mayDecline: mayDeclineRelease(actor, release),
    mayWithdraw: mayWithdrawRelease(actor, release),
    mayTell: mayTellOfRelease(actor, release),
  };
}

/** A page of the register. */
export interface Register {
  readonly releases: readonly ReleaseInClear[];
  /** Where the next page begins; null on the last. */
  readonly next: string | null;
}

/**
 * The releases of names in the disclosures that somebody reads, newest first. Looking is recorded, by its day.
 *
 * @throws {NotFound} to who is no disclosure officer
 * @throws {Invalid} when `after` is none of ours
 */
export async function readRegister(manager: EntityManager, actor: StaffActor, after?: string): Promise<Register> {
  if (!mayReadDisclosures(actor)) throw new NotFound();
  const from = after === undefined ? null : readCursor(after);
  const rows = await manager.query<ReleaseInClear[]>(
    `${RELEASES}
      WHERE c.agency_id = $1 AND c.path = 'disclosure' AND is_granted(c.id) AND ${noWall('c', '$2')}
        AND ($3::date IS NULL OR (r.asked_on, r.id) < ($3::date, $4::uuid))
      ORDER BY r.asked_on DESC, r.id DESC LIMIT $5`,
    [actor.agencyId, actor.staffId, from?.day ?? null, from?.id ?? null, PAGE_LENGTH + 1],
  );
  await append(manager, { action: 'disclosures.releases_listed', actor, dayOnly: true });
  const releases = rows.slice(0, PAGE_LENGTH);
  const last = releases.at(-1);
  return {
    releases,
    next: rows.length > PAGE_LENGTH && last ? writeCursor({ day: last.askedOn, id: last.id }) : null,
  };
}

async function readDisclosure(manager: EntityManager, actor: StaffActor, id: string): Promise<CaseInClear> {
  const read = await readCase(manager, actor, id);
  if (read.found.path !== 'disclosure') throw new NotFound();
  return read;
}

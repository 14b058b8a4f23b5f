import { randomBytes } from 'node:crypto';
import { Database } from '../../config/database.js';
import { ServiceKeys } from '../../config/service-keys.js';
import { loadDirectory } from '../agencies/directory.js';
import type { Running } from '../boot.js';
import { countOversight } from '../disclosures/oversight/count-oversight.js';
import type { EnrolledStaffMember } from '../staff/enrol-staff-member.js';
import { saltPassphrase } from '../staff/make-personal-keys.js';
import type { Role } from '../staff/roles.js';
import { makeReceipt } from '../vault/receipt.js';
import { makePast } from './made-past.js';
import { makeRelease } from './made-release.js';
import { openAgency } from './open-agency.js';
import { passOn, type LodgedStory } from './pass-on.js';
import { REFERRAL_STORIES } from './referral-stories.js';
import { STORIES, type Story } from './stories.js';
import { keepWaysIn, readWaysIn, type KeptReceipt, type WaysIn } from './ways-in.js';

const AGENCIES = ['ombudsman', 'psc', 'ipca', 'hdc', 'privacy_commissioner', 'msd', 'triage'];

/** Who works at an agency. */
interface Post {
  /** The last part of the username. */
  readonly name: string;
  readonly title: string;
  readonly roles: readonly Role[];
}

const DESK: readonly Post[] = [
  { name: 'one', title: 'Officer one', roles: ['officer', 'disclosure_officer'] },
  { name: 'two', title: 'Officer two and lead', roles: ['officer', 'lead', 'disclosure_officer'] },
];

/** Where three read disclosures, whoever lodges one can leave one of them out. */
const OMBUDSMAN: readonly Post[] = [
  ...DESK,
  { name: 'three', title: 'Disclosure officer three', roles: ['disclosure_officer'] },
  { name: 'auditor', title: 'Auditor', roles: ['auditor'] },
  { name: 'overseer', title: 'Overseer', roles: ['overseer'] },
];

/** Reports of serious misconduct are read by an overseer who is an officer too, and so holds the key. */
const COMMISSION: readonly Post[] = [
  ...DESK,
  { name: 'overseer', title: 'Officer and overseer', roles: ['officer', 'overseer'] },
];

/** The triage desk looks after the service too: it takes two system leads to publish rules. */
const TRIAGE: readonly Post[] = [
  ...DESK,
  { name: 'lead1', title: 'System lead one', roles: ['system_lead'] },
  { name: 'lead2', title: 'System lead two', roles: ['system_lead'] },
  { name: 'analyst', title: 'Analyst', roles: ['analyst'] },
  { name: 'admin', title: 'Administrator', roles: ['admin'] },
];

const POSTS: Readonly<Partial<Record<string, readonly Post[]>>> = {
  ombudsman: OMBUDSMAN,
  psc: COMMISSION,
  triage: TRIAGE,
};

/** What is there cannot be shown; the message says what to do. */
class DemonstrationError extends Error {
  override readonly name = 'DemonstrationError';
}

/**
 * Makes agencies, people, keys and a dozen cases, all through the doors that everybody uses; or finds those that an
 * earlier start made.
 *
 * @param running serving both sides
 * @param home where the ways in are kept
 * @param say tells of what takes long
 * @returns how the officers sign in
 * @throws {DemonstrationError} where the home holds something else
 */
export async function makeDemonstration(running: Running, home: string, say: (line: string) => void): Promise<WaysIn> {
  const kept = await readWaysIn(home);
  if (kept) return kept;
  await refuseUnfinished(running, home);
  say('Making agencies, people and keys…');
  const staff = await makeAgencies(running);
  say('Lodging a few cases, and passing some on…');
  const ways = { officers: staff.map(wayInOf), receipts: await makeCases(running, staff) };
  say('Making up three years of figures…');
  await makePast(
    running.app.get(Database),
    running.app.get(ServiceKeys),
    loadDirectory()
      .all()
      .map(({ id }) => id),
  );
  await makeRelease(running, staff);
  // As the night would: overseers find figures at once.
  await running.app.get(Database).asActor({ kind: 'system', name: 'oversight' }, (manager) => countOversight(manager));
  // Kept last: with them a later start takes the demonstration for whole.
  await keepWaysIn(home, ways);
  return ways;
}

/** People whose ways in nobody kept: a demonstration that was stopped half made, or no demonstration at all. */
async function refuseUnfinished({ app }: Running, home: string): Promise<void> {
  const people = await app
    .get(Database)
    .asActor({ kind: 'system', name: 'demonstration' }, (manager) =>
      manager.query<unknown[]>('SELECT FROM staff LIMIT 1'),
    );
  if (people.length > 0) {
    throw new DemonstrationError(
      `${home} holds people whom no finished demonstration made: delete it, or set ONEDOOR_HOME to another directory, and start again.`,
    );
  }
}

/* Whoever tries it is everybody in turn: one passphrase for all of them, which is also stretched only once. */
async function makeAgencies({ app }: Running): Promise<EnrolledStaffMember[]> {
  const passphrase = makeReceipt();
  const salted = await saltPassphrase(passphrase);
  const made: EnrolledStaffMember[] = [];
  for (const id of AGENCIES) {
    const people = (POSTS[id] ?? DESK).map(({ name, title, roles }) => ({
      displayName: `${title}, ${id}`,
      username: `${id}.${name}`,
      passphrase,
      salted,
      roles,
    }));
    made.push(...(await openAgency(app, { id, noticeEmail: `inbox@${id}.localhost` }, people)));
  }
  return made;
}

function wayInOf({ actor, username, passphrase, totpSecret }: EnrolledStaffMember): WaysIn['officers'][number] {
  return { agencyId: actor.agencyId, displayName: actor.displayName, username, passphrase, totpSecret };
}

/** @returns the receipts of those that were passed on; of the others nobody is to come back */
async function makeCases({ app, origins }: Running, staff: readonly EnrolledStaffMember[]): Promise<KeptReceipt[]> {
  const origin = origins?.publicOrigin ?? '';
  for (const story of STORIES) await lodge(origin, story);
  const officers = new Map([...staff].reverse().map((one) => [one.actor.agencyId, one]));
  const receipts: KeptReceipt[] = [];
  for (const { steps, shows, ...story } of REFERRAL_STORIES) {
    const { reference, receipt } = await lodge(origin, story);
    await passOn(app, officers, { reference, receipt }, steps);
    receipts.push({ reference, shows, receipt });
  }
  return receipts;
}

async function lodge(origin: string, story: Story): Promise<LodgedStory> {
  const response = await fetch(`${origin}/api/v1/submissions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomBytes(24).toString('base64url') },
    body: JSON.stringify(story),
  });
  if (!response.ok) throw new Error(`A demonstration case was not taken (${response.status.toString()}).`);
  return (await response.json()) as LodgedStory;
}

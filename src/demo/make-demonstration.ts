import { randomBytes } from 'node:crypto';
import { Database } from '../../config/database.js';
import type { Running } from '../boot.js';
import { makeReceipt } from '../vault/receipt.js';
import { openAgency } from './open-agency.js';
import { STORIES } from './stories.js';
import { keepWaysIn, readWaysIn, type WayIn } from './ways-in.js';

const AGENCIES = ['ombudsman', 'psc', 'ipca', 'msd', 'triage'];

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
export async function makeDemonstration(
  running: Running,
  home: string,
  say: (line: string) => void,
): Promise<readonly WayIn[]> {
  const kept = await readWaysIn(home);
  if (kept.length > 0) return kept;
  await refuseUnfinished(running, home);
  say('Making agencies, people and keys…');
  const made = await makeAgencies(running);
  say('Lodging a few cases…');
  await lodgeStories(running.origins?.publicOrigin ?? '');
  // Kept last: with them a later start takes the demonstration for whole.
  await keepWaysIn(home, made);
  return made;
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

async function makeAgencies({ app }: Running): Promise<WayIn[]> {
  const made: WayIn[] = [];
  for (const id of AGENCIES) {
    const people = ['one', 'two'].map((which) => ({
      displayName: `Officer ${which}, ${id}`,
      username: `${id}.${which}`,
      passphrase: makeReceipt(),
      roles: ['officer', 'disclosure_officer'] as const,
    }));
    const enrolled = await openAgency(app, { id, noticeEmail: `inbox@${id}.localhost` }, people);
    made.push(
      ...enrolled.map(({ actor, username, passphrase, totpSecret }) => ({
        agencyId: id,
        displayName: actor.displayName,
        username,
        passphrase,
        totpSecret,
      })),
    );
  }
  return made;
}

async function lodgeStories(origin: string): Promise<void> {
  for (const story of STORIES) {
    const response = await fetch(`${origin}/api/v1/submissions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomBytes(24).toString('base64url') },
      body: JSON.stringify(story),
    });
    if (!response.ok) throw new Error(`A demonstration case was not taken (${response.status.toString()}).`);
  }
}

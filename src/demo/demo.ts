import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { Database } from '../../config/database.js';
import { loadSettings, type Settings } from '../../config/settings.js';
import { boot, type Running } from '../boot.js';
import { totpCode } from '../staff/totp.js';
import { makeReceipt } from '../vault/receipt.js';
import { stopOnSignal } from '../web/stop-on-signal.js';
import { openAgency } from './open-agency.js';
import { STORIES } from './stories.js';
import { keepWaysIn, readWaysIn, type WayIn } from './ways-in.js';

/** What is there cannot be shown; the message says what to do. */
class Unfinished extends Error {}

const AGENCIES = ['ombudsman', 'psc', 'ipca', 'msd', 'triage'];

const settings = loadSettings({
  LOG_LEVEL: 'error',
  ...process.env,
  // A demonstration is embedded, whatever else the environment names.
  ROLE: 'all',
  DATABASE_URL: undefined,
  SERVICE_KEYS: undefined,
});
const running = await boot(settings);
const stopped = new AbortController();
stopOnSignal(() => {
  stopped.abort();
  return running.close();
});
try {
  await demonstrate(running, settings);
} catch (error) {
  // Asked to stop while it was being made, it fails somewhere, and is being closed already.
  if (!stopped.signal.aborted) {
    process.stderr.write(`${error instanceof Unfinished ? error.message : 'The demonstration could not be made.'}\n`);
    process.exitCode = 1;
    await running.close();
  }
}

async function demonstrate(on: Running, { ONEDOOR_HOME }: Settings): Promise<void> {
  if (!on.origins) throw new Error('The demonstration serves both sides.');
  const { publicOrigin, staffOrigin } = on.origins;
  let ways = await readWaysIn(ONEDOOR_HOME);
  if (ways.length === 0) {
    await refuseUnfinished(on, ONEDOOR_HOME);
    say('Making agencies, people and keys…');
    ways = await makeAgencies(on, ONEDOOR_HOME);
    say('Lodging a few cases…');
    await lodgeStories(publicOrigin);
  }
  printWaysIn(ways);
  say(`ready ${publicOrigin}`);
  say(`staff ${staffOrigin}`);
}

/** People whose ways in nobody kept: a demonstration that was stopped half made, or no demonstration at all. */
async function refuseUnfinished({ app }: Running, home: string): Promise<void> {
  const people = await app
    .get(Database)
    .asActor({ kind: 'system', name: 'demonstration' }, (manager) =>
      manager.query<unknown[]>('SELECT FROM staff LIMIT 1'),
    );
  if (people.length > 0) {
    throw new Unfinished(
      `${home} holds people whom no finished demonstration made: delete it, or set ONEDOOR_HOME to another directory, and start again.`,
    );
  }
}

async function makeAgencies({ app }: Running, home: string): Promise<WayIn[]> {
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
  await keepWaysIn(home, made);
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

function printWaysIn(list: readonly WayIn[]): void {
  say('\nOfficers of the demonstration (a code: npm run demo:code -- USERNAME)');
  for (const { username, passphrase, totpSecret } of list) {
    say(
      `  ${username}\n    passphrase  ${passphrase}\n    TOTP secret ${totpSecret}   code now ${totpCode(totpSecret)}`,
    );
  }
  say('');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

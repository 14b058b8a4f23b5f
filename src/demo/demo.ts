import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { loadSettings, type Settings } from '../../config/settings.js';
import { boot, type Running } from '../boot.js';
import { totpCode } from '../staff/totp.js';
import { makeReceipt } from '../vault/receipt.js';
import { stopOnSignal } from '../web/stop-on-signal.js';
import { openAgency } from './open-agency.js';
import { STORIES } from './stories.js';
import { keepWaysIn, readWaysIn, type WayIn } from './ways-in.js';

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
stopOnSignal(() => running.close());
const origins = running.origins;
if (!origins) throw new Error('The demonstration serves both sides.');

let ways = await readWaysIn(settings.ONEDOOR_HOME);
if (ways.length === 0) {
  say('Making agencies, people and keys…');
  ways = await makeAgencies(running, settings);
  say('Lodging a few cases…');
  await lodgeStories(origins.publicOrigin);
}
printWaysIn(ways);
say(`ready ${origins.publicOrigin}`);
say(`staff ${origins.staffOrigin}`);

async function makeAgencies({ app }: Running, { ONEDOOR_HOME }: Settings): Promise<WayIn[]> {
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
  await keepWaysIn(ONEDOOR_HOME, made);
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

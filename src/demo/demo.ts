import 'reflect-metadata';
import process from 'node:process';
import { loadSettings, type Settings } from '../../config/settings.js';
import { totpCode } from '../staff/totp.js';
import { start } from '../start.js';
import { makeDemonstration } from './make-demonstration.js';
import type { WaysIn } from './ways-in.js';

await start(demonstrationSettings, async (running) => {
  printWaysIn(await makeDemonstration(running, running.settings.ONEDOOR_HOME, say));
  say(`ready ${running.origins?.publicOrigin ?? ''}`);
  say(`staff ${running.origins?.staffOrigin ?? ''}`);
});

/**
 * A demonstration is embedded and whole, whatever else the environment names. Who tries it may have no authenticator, so
 * nobody needs a passkey in it unless the environment says otherwise; its pages say so.
 */
function demonstrationSettings(): Settings {
  return loadSettings({
    LOG_LEVEL: 'error',
    PASSKEY_REQUIRED_FOR: 'nobody',
    ...process.env,
    ROLE: 'all',
    DATABASE_URL: undefined,
    SERVICE_KEYS: undefined,
  });
}

function printWaysIn({ officers, receipts }: WaysIn): void {
  say('\nOfficers of the demonstration (a code: npm run demo:code -- USERNAME)');
  for (const { username, passphrase, totpSecret } of officers) {
    say(
      `  ${username}\n    passphrase  ${passphrase}\n    TOTP secret ${totpSecret}   code now ${totpCode(totpSecret)}`,
    );
  }
  if (receipts.length > 0) say('\nCases that were passed on (their eight words open them at /mailbox)');
  for (const { reference, shows, receipt } of receipts) {
    say(`  ${reference}  ${shows}\n    receipt     ${receipt}`);
  }
  say('');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

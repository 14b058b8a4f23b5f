import { join } from 'node:path';
import process from 'node:process';
import { changeProofKey } from './proof-key.js';
import { loadSettings, SettingsError } from './settings.js';

/*
 * `npm run proof-key -- change`: changes the key that signs promises (see `proof-key.ts`). Exits with 0 where that was done,
 * 2 where it could not be.
 */
try {
  if (process.argv.slice(2).join(' ') !== 'change') throw new SettingsError('Say change.');
  const settings = loadSettings(process.env);
  await changeProofKey(settings.SERVICE_KEYS ?? join(settings.ONEDOOR_HOME, 'service-keys'));
  process.stdout.write('Another key signs promises once the servers were started again; the last stays published.\n');
} catch (error) {
  process.stderr.write(`${error instanceof SettingsError ? error.message : 'The key could not be changed.'}\n`);
  process.exitCode = 2;
}

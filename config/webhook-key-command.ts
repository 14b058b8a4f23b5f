import { join } from 'node:path';
import process from 'node:process';
import { loadSettings, SettingsError } from './settings.js';
import { forgetWebhookKey, prepareWebhookKey, switchWebhookKey } from './webhook-key.js';

/*
 * `npm run webhook-key -- prepare|switch|forget`: changes the key that signs webhooks (see `webhook-key.ts`). Exits with 0
 * where that was done, 2 where it could not be.
 */
const STEPS = new Map([
  ['prepare', { step: prepareWebhookKey, done: 'The next key is there. Start the servers again to publish it.' }],
  ['switch', { step: switchWebhookKey, done: 'The next key signs once the servers were started again.' }],
  [
    'forget',
    { step: forgetWebhookKey, done: 'The last key is published no longer once the servers were started again.' },
  ],
]);

try {
  const [verb = '', ...more] = process.argv.slice(2);
  const chosen = more.length === 0 ? STEPS.get(verb) : undefined;
  if (!chosen) throw new SettingsError('Say prepare, switch or forget.');
  const settings = loadSettings(process.env);
  await chosen.step(settings.SERVICE_KEYS ?? join(settings.ONEDOOR_HOME, 'service-keys'));
  process.stdout.write(`${chosen.done}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof SettingsError ? error.message : 'The keys could not be changed.'}\n`);
  process.exitCode = 2;
}

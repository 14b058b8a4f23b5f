import { join } from 'node:path';
import process from 'node:process';
import { serveKeys } from './key-agent-server.js';
import { KeyFiles } from './key-files.js';
import { KEY_NAMES } from './service-key.js';
import { loadSettings, SettingsError } from './settings.js';

/*
 * `npm run key-agent`: holds the keys of SERVICE_KEYS, or those under the home, and uses them for whoever may open the
 * socket KEY_AGENT, until SIGTERM. Run as a user of its own, so that the server can use the keys and never read them.
 */
try {
  const settings = loadSettings(process.env);
  const path = settings.KEY_AGENT;
  if (path === undefined) throw new SettingsError('KEY_AGENT is not set: it names the socket to serve on.');
  const files = await KeyFiles.open(settings.SERVICE_KEYS ?? join(settings.ONEDOOR_HOME, 'service-keys'), true);
  await Promise.all(KEY_NAMES.map((name) => files.publicHalf(name)));
  const server = await serveKeys(files, path);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => server.close(() => process.exit(0)));
  process.stdout.write('ready\n');
} catch (error) {
  process.stderr.write(`${error instanceof SettingsError ? error.message : 'The key agent could not start.'}\n`);
  process.exitCode = 2;
}

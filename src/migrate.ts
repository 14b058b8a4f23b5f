import process from 'node:process';
import { startEmbeddedPostgres } from '../config/embedded-postgres.js';
import { migrate } from '../config/migrations.js';
import { serviceKeysOf } from '../config/service-keys.js';
import { loadSettings, type Settings, SettingsError } from '../config/settings.js';

/**
 * `npm run migrate`: brings the database to the newest schema, as its owner, and lets the login of DATABASE_URL
 * become what a process of this ROLE works as.
 * Makes the service keys where SERVICE_KEYS names an empty place: here alone, so that replicas never make their own.
 */
async function main(settings: Settings): Promise<void> {
  if (settings.SERVICE_KEYS !== undefined) await serviceKeysOf(settings, true);
  if (settings.DATABASE_OWNER_URL !== undefined) {
    await migrate(settings.DATABASE_OWNER_URL, settings.DATABASE_URL, settings.ROLE);
    return;
  }
  if (!settings.embedded) {
    throw new SettingsError('DATABASE_OWNER_URL is not set: migrating takes the role that owns the tables.');
  }
  const postgres = await startEmbeddedPostgres(settings.ONEDOOR_HOME);
  try {
    await migrate(postgres.ownerUrl, postgres.applicationUrl);
  } finally {
    await postgres.stop();
  }
}

try {
  await main(loadSettings(process.env));
  process.stdout.write('migrated\n');
} catch (error) {
  const known = error instanceof Error && ['SettingsError', 'EmbeddedPostgresError'].includes(error.name);
  // A driver's error may quote rows; its code says enough to look it up.
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
  process.stderr.write(`${known ? error.message : `Migrating failed (${code}).`}\n`);
  process.exitCode = 1;
}

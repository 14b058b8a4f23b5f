import 'reflect-metadata';
import process from 'node:process';
import { createDataSource } from '../../../config/data-source.js';
import { Database } from '../../../config/database.js';
import { startEmbeddedPostgres } from '../../../config/embedded-postgres.js';
import { migrate } from '../../../config/migrations.js';
import { serviceKeysOf } from '../../../config/service-keys.js';
import { loadSettings, SettingsError, type Settings } from '../../../config/settings.js';
import { ENTITIES } from '../../entities.js';
import { openLog } from '../../web/log.js';
import { Counter } from './counter.js';

/**
 * `npm run figures:rebuild`: counts every figure anew, from nothing, and says how far it is. Safe beside running servers, which
 * count on when it is done; stopped in the middle, a worker goes on where it was.
 */
async function main(settings: Settings): Promise<void> {
  const postgres = settings.DATABASE_URL === undefined ? await startEmbeddedPostgres(settings.ONEDOOR_HOME) : undefined;
  try {
    if (postgres) await migrate(postgres.ownerUrl, postgres.applicationUrl);
    const dataSource = createDataSource(settings.DATABASE_URL ?? postgres?.applicationUrl ?? '', ENTITIES);
    await dataSource.initialize();
    try {
      const database = new Database(dataSource, settings.TRIAGE_AGENCY);
      const counter = new Counter(database, await serviceKeysOf(settings), settings, openLog(settings.LOG_LEVEL));
      await counter.rebuild(({ done, of }) => {
        process.stdout.write(`${done.toString()} of about ${of.toString()} complaints counted\n`);
      });
      await counter.runOnce();
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await postgres?.stop();
  }
}

try {
  await main(loadSettings(process.env));
  process.stdout.write('all counted\n');
} catch (error) {
  const known = error instanceof SettingsError;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
  process.stderr.write(`${known ? error.message : `Counting failed (${code}).`}\n`);
  process.exitCode = 1;
}

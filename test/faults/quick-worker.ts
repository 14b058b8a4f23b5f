import 'reflect-metadata';
import process from 'node:process';
import { createDataSource } from '../../config/data-source.js';
import { Database } from '../../config/database.js';
import { serviceKeysOf } from '../../config/service-keys.js';
import { loadSettings } from '../../config/settings.js';
import { AppModule } from '../../src/app.module.js';
import { ENTITIES } from '../../src/entities.js';
import { QueueRunner } from '../../src/queue/queue-runner.js';
import { QueueTimings } from '../../src/queue/queue-timings.js';
import { HealthChecks } from '../../src/web/health-checks.js';
import { Metrics, startMetrics } from '../../src/web/metrics.js';
import { stopOnSignal } from '../../src/web/stop-on-signal.js';
import { createWebApp } from '../../src/web/web-app.js';

/* A worker process as it is started by `src/main.ts`, whose queue loses patience sooner. */
const QUICK: Partial<QueueTimings> = {
  attempts: 12,
  backoff: 100,
  lockDuration: 2_000,
  stalledInterval: 500,
  relayAgainAfter: 1_000,
  promiseAgain: 500,
};

const settings = loadSettings({ ...process.env, ROLE: 'worker' });
const dataSource = await createDataSource(settings.DATABASE_URL ?? '', ENTITIES).initialize();
const app = await createWebApp(AppModule.on(new Database(dataSource), await serviceKeysOf(settings)), settings);
const { close } = await startMetrics(settings, app.get(Metrics), app.get(HealthChecks));
Object.assign(app.get(QueueTimings, { strict: false }), QUICK);
await app.get(QueueRunner).start();
stopOnSignal(async () => {
  await app.get(QueueRunner).stop();
  await close();
  await app.close();
  await dataSource.destroy();
});
process.stdout.write('ready worker\n');

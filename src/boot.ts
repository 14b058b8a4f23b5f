import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createDataSource, refuseOwner } from '../config/data-source.js';
import { Database } from '../config/database.js';
import { startEmbeddedPostgres } from '../config/embedded-postgres.js';
import { migrate } from '../config/migrations.js';
import { serviceKeysOf } from '../config/service-keys.js';
import type { Settings } from '../config/settings.js';
import { AppModule } from './app.module.js';
import { KeyLogKeeper } from './agencies/key-log/key-log-keeper.js';
import { AuditWatch } from './audit/audit-watch.js';
import { Sequencer } from './audit/sequencer.js';
import { ENTITIES } from './entities.js';
import { Counter } from './insight/counting/counter.js';
import { QueueRunner } from './queue/queue-runner.js';
import { Sweeper } from './queue/sweeper.js';
import { HealthChecks } from './web/health-checks.js';
import { Metrics, startMetrics } from './web/metrics.js';
import { createWebApp, listen } from './web/web-app.js';

/** A running server. */
export interface Running {
  readonly app: NestFastifyApplication;
  readonly settings: Settings;
  /** Where each side is served; absent where ROLE is worker. */
  readonly origins?: { readonly publicOrigin: string; readonly staffOrigin: string };
  readonly metricsPort: number;
  /** Stops taking requests, lets what is under way finish, then closes everything, PostgreSQL last. */
  close(): Promise<void>;
}

/**
 * Starts the parts that ROLE names.
 *
 * @param settings validated settings; without a DATABASE_URL the embedded PostgreSQL is started and migrated
 * @throws {SettingsError} naming the setting that keeps the server from starting
 */
export async function boot(settings: Settings): Promise<Running> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (let last = closing.pop(); last; last = closing.pop()) await last();
  };
  try {
    const url = settings.DATABASE_URL ?? (await embedded(settings, closing));
    const dataSource = createDataSource(url, ENTITIES);
    await dataSource.initialize();
    closing.push(() => dataSource.destroy());
    await refuseOwner(dataSource, settings.ROLE);

    const keys = await serviceKeysOf(settings);
    const app = await createWebApp(AppModule.on(new Database(dataSource, settings.TRIAGE_AGENCY), keys), settings);
    closing.push(() => app.close());

    const runner = app.get(QueueRunner);
    const checks = app.get(HealthChecks);
    const metrics = app.get(Metrics);
    const { port: metricsPort, close: closeMetrics } = await startMetrics(settings, metrics, checks);
    closing.push(closeMetrics);

    if (settings.ROLE !== 'web') {
      await runner.start();
      closing.push(() => runner.stop());
      const sequencer = app.get(Sequencer);
      sequencer.start();
      closing.push(() => sequencer.stop());
      const keeper = app.get(KeyLogKeeper);
      keeper.start();
      closing.push(() => keeper.stop());
      const watch = app.get(AuditWatch);
      watch.start();
      closing.push(() => watch.stop());
      const counter = app.get(Counter);
      counter.start();
      closing.push(() => counter.stop());
      const sweeper = app.get(Sweeper);
      sweeper.start();
      closing.push(() => sweeper.stop());
    }
    if (settings.ROLE === 'worker') return { app, settings, metricsPort, close };
    return { app, settings, origins: await listen(app, settings), metricsPort, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function embedded(settings: Settings, closing: (() => Promise<unknown>)[]): Promise<string> {
  const postgres = await startEmbeddedPostgres(settings.ONEDOOR_HOME);
  closing.push(() => postgres.stop());
  await migrate(postgres.ownerUrl, postgres.applicationUrl);
  return postgres.applicationUrl;
}

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { Watcher } from '../carry/worker.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { findRedisServer, startRedis, type TestRedis } from '../support/redis.js';
import { startMailServer, type MailServer } from '../support/smtp.js';
import { until } from '../support/until.js';
import { freePort, ServerProcess } from './processes.js';
import { setScene, type Scene } from './scene.js';
import { expectNothingLost, statusOf, Traffic } from './traffic.js';

const CLIENTS = 3;

const redisServer = findRedisServer();
const skipped = redisServer === undefined;

let scene: Scene;
let database: TestDatabase;
let watcher: Watcher;
let mail: MailServer;
let data: string;
let redis: TestRedis | undefined;
let traffic: Traffic | undefined;

beforeAll(async () => {
  scene = await setScene(['msd', 'triage']);
});
afterAll(() => scene.end());

async function setUp(): Promise<Record<string, string>> {
  database = await freshDatabase(scene.database.name);
  watcher = new Watcher(database.ownerUrl);
  mail = await startMailServer();
  data = await mkdtemp(join(tmpdir(), 'onedoor-redis-'));
  redis = await startRedis(redisServer ?? '', undefined, data);
  return { ...scene.environment(database), SMTP_URL: mail.url, QUEUE_URL: redis.url };
}

afterEach(async () => {
  await traffic?.end();
  traffic = undefined;
  await ServerProcess.endAll();
  if (skipped) return;
  await redis?.kill();
  await mail.stop();
  await watcher.close();
  await database.drop();
  await rm(data, { recursive: true, force: true });
});

/** Lets the queue have much in hand, of which nothing comes to an end until this is let go. */
async function holdUp(rows: number): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: database.ownerUrl });
  await client.connect();
  await client.query('BEGIN');
  await client.query('LOCK TABLE clocks IN EXCLUSIVE MODE');
  try {
    const handedOver = () => watcher.count('outbox', 'relayed_at IS NOT NULL');
    await until('enough is handed over', async () => (await handedOver()) >= rows, 60_000);
  } catch (error) {
    await client.end();
    throw error;
  }
  return () => client.end();
}

(skipped ? describe.skip : describe)(
  `Redis that goes away${skipped ? ' (skipped: no redis-server found)' : ''}`,
  () => {
    it('and comes back with what it held, and without: lodgings go on, and each is placed once', async () => {
      const environment = await setUp();
      const [port, metrics] = [(await freePort()).toString(), (await freePort()).toString()];
      const web = ServerProcess.start('src/main.ts', { ...environment, PORT: port, ROLE: 'web' });
      const worker = ServerProcess.start('test/faults/quick-worker.ts', { ...environment, METRICS_PORT: metrics });
      await Promise.all([web.says(/^ready .*$/m), worker.says(/^ready worker$/m)]);
      const origin = `http://127.0.0.1:${port}`;
      const workerReady = `http://127.0.0.1:${metrics}/health/ready`;
      traffic = new Traffic(origin, watcher, CLIENTS);
      await traffic.more(5);
      await traffic.placed();

      for (const kept of [true, false]) {
        const letGo = await holdUp(14);
        const redisPort = Number(new URL(redis?.url ?? '').port);
        await redis?.kill();
        await letGo();
        await until('the worker says so', async () => (await statusOf(workerReady)) === 503);
        // Nobody who lodges notices.
        expect(await statusOf(`${origin}/health/ready`)).toBe(200);
        await traffic.more(6);
        if (!kept) await rm(join(data, 'appendonlydir'), { recursive: true });
        redis = await startRedis(redisServer ?? '', redisPort, data);
        await traffic.placed();
        await until('the worker is ready again', async () => (await statusOf(workerReady)) === 200);
      }
      await traffic.stop();
      expect(traffic.unclean).toEqual([]);
      expect(traffic.refused).toBe(0);
      await expectNothingLost(traffic, watcher, mail);
      expect(await worker.stop()).toEqual({ code: 0, signal: null });
    });

    it('does not keep a worker from ending when it is asked to', async () => {
      const environment = await setUp();
      const metrics = (await freePort()).toString();
      const worker = ServerProcess.start('src/main.ts', { ...environment, ROLE: 'worker', METRICS_PORT: metrics });
      await worker.says(/^ready worker$/m);
      await redis?.kill();
      await until('it notices', async () => (await statusOf(`http://127.0.0.1:${metrics}/health/ready`)) === 503);
      // Within ten seconds, whether or not all of it could be closed. Where it does not end the test does not.
      expect(await worker.stop()).toMatchObject({ signal: null });
      expect(worker.output).not.toContain('unhandled');
    });
  },
);

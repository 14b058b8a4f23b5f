import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Watcher } from '../carry/worker.js';
import { startMailServer, type MailServer } from '../support/smtp.js';
import { until } from '../support/until.js';
import { OwnCluster } from './own-cluster.js';
import { freePort, ServerProcess } from './processes.js';
import { setScene, type Scene } from './scene.js';
import { expectNothingLost, statusOf, Traffic } from './traffic.js';

const CLIENTS = 4;

let cluster: OwnCluster;
let scene: Scene;
let watcher: Watcher;
let mail: MailServer;
let traffic: Traffic | undefined;

beforeAll(async () => {
  cluster = await OwnCluster.start();
  scene = await setScene(['msd', 'triage']);
  watcher = new Watcher(scene.database.ownerUrl);
  mail = await startMailServer();
});
afterEach(async () => {
  await traffic?.end();
  await ServerProcess.endAll();
});
afterAll(async () => {
  try {
    await mail.stop();
    await watcher.close();
    await scene.end();
  } finally {
    await cluster.end();
  }
});

describe('PostgreSQL that is stopped and started again, queue and all', () => {
  it('is waited for: nobody ends, nothing acknowledged is lost, and each is placed once', async () => {
    const environment = { ...scene.environment(), SMTP_URL: mail.url };
    const [port, metrics] = [(await freePort()).toString(), (await freePort()).toString()];
    const processes = [
      ServerProcess.start('src/main.ts', { ...environment, PORT: port, ROLE: 'web' }),
      ServerProcess.start('src/main.ts', { ...environment, METRICS_PORT: metrics, ROLE: 'worker' }),
    ];
    const ended: string[] = [];
    for (const one of processes) void one.ended.then(() => ended.push(one.output));
    await Promise.all(processes.map((one) => one.says(/^ready .*$/m)));
    const origin = `http://127.0.0.1:${port}`;
    const ready = [`${origin}/health/ready`, `http://127.0.0.1:${metrics}/health/ready`];
    const are = (code: number) => async () => (await Promise.all(ready.map(statusOf))).every((is) => is === code);

    traffic = new Traffic(origin, watcher, CLIENTS);
    await traffic.more(5);
    await traffic.placed();
    for (const mode of ['immediate', 'fast'] as const) {
      await cluster.stop(mode);
      await until('both say that they cannot work', are(503));
      expect(await statusOf(`${origin}/health/live`)).toBe(200);
      await traffic.turnedAway(CLIENTS);
      await cluster.start();
      await until('both are ready again', are(200), 60_000);
      await traffic.more(8);
      await traffic.placed();
    }
    await traffic.stop();
    expect(traffic.unclean).toEqual([]);
    await expectNothingLost(traffic, watcher, mail);
    expect(ended).toEqual([]);
    for (const one of processes) expect(await one.stop()).toEqual({ code: 0, signal: null });
    for (const { output } of processes) expect(output).not.toMatch(/unhandled|onedoor_owner|postgres:\/\//i);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Registry } from 'prom-client';
import { queueMetrics } from '../../src/queue/queue-metrics.js';
import { startApp } from '../support/app.js';
import { until } from '../support/until.js';
import { Stage } from './stage.js';

const alive = (check: () => Promise<unknown>): Promise<boolean> =>
  check().then(
    () => true,
    () => false,
  );

describe('the health of the queue', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.set({ redis: false });
  });
  afterEach(() => stage.clear());
  afterAll(() => stage.end());

  it('is bad while the relay cannot look into the outbox, or does not run, and good again once it does', async () => {
    const { runner } = await stage.work({ timings: { relaySilence: 400 } }, false);
    const up = () => alive(() => runner.relayAlive());
    expect(await up()).toBe(false);
    await runner.start();
    expect(await up()).toBe(true);
    await stage.watcher.rows('ALTER TABLE outbox RENAME TO mislaid');
    try {
      await until('it is noticed', async () => !(await up()));
      // Nothing is wrong with what keeps the jobs.
      expect(await alive(() => runner.ping())).toBe(true);
    } finally {
      await stage.watcher.rows('ALTER TABLE mislaid RENAME TO outbox');
    }
    await until('it looks again', up);
    await runner.stop();
    expect(await up()).toBe(false);
  });

  it('is told in figures that say of no row when it was written', async () => {
    const { runner } = await stage.work({}, false);
    const registry = new Registry();
    queueMetrics(runner, registry);
    const put = (dueAt: string, queue = 'routing') =>
      stage.watcher.rows(`INSERT INTO outbox (id, queue, name, due_at) VALUES ($1, $2, 'place_case', ${dueAt})`, [
        randomUUID(),
        queue,
      ]);
    const figure = async (name: string, queue: string) =>
      Number(new RegExp(`^onedoor_queue_${name}\\{queue="${queue}"\\} (.*)$`, 'm').exec(await registry.metrics())?.[1]);
    // Of what is due at once only the hour is written: it may be a moment old.
    await put(`date_trunc('hour', now())`);
    expect(await figure('oldest_seconds', 'routing')).toBe(0);
    expect(await figure('due', 'routing')).toBe(1);
    await put(`now() - interval '5 hours 30 seconds'`);
    expect(await figure('oldest_seconds', 'routing')).toBe(4 * 3600);
    await put(`now() + interval '1 hour'`, 'clocks');
    expect(await figure('oldest_seconds', 'clocks')).toBe(0);
    expect(await figure('due', 'clocks')).toBe(0);
    expect(await figure('paused', 'routing')).toBe(0);
    await stage.watcher.rows(`INSERT INTO queue_pauses VALUES ('routing', gen_random_uuid(), '2026-01-01')`);
    expect(await figure('paused', 'routing')).toBe(1);
    // What was given up waits for a person, and for nothing else.
    await stage.watcher.rows(`UPDATE outbox SET dead_at = now(), error_code = 'no_case'`);
    expect(await figure('oldest_seconds', 'routing')).toBe(0);
    expect(await figure('dead', 'routing')).toBe(2);
    await runner.start();
    await until('the relay has looked', async () => /^onedoor_relay_looked_seconds 0$/m.test(await registry.metrics()));
  });
});

describe('readiness', () => {
  it('of a web server says nothing of the queue, which lodging does without', async () => {
    const app = await startApp({ ROLE: 'web', QUEUE_URL: 'redis://127.0.0.1:1' });
    try {
      expect((await fetch(`${app.publicOrigin}/health/ready`)).status).toBe(200);
    } finally {
      await app.close();
    }
  });

  it('of a worker includes its relay, and its figures tell of the queue', async () => {
    const app = await startApp({ ROLE: 'worker' });
    try {
      // Not before its connections to the queue are open, which takes a busy machine longer than a check waits.
      const look = async (): Promise<unknown[]> => {
        const ready = await fetch(`http://127.0.0.1:${app.metricsPort.toString()}/health/ready`);
        return [ready.status, await ready.text()];
      };
      await until('it is ready', async () => (await look())[0] === 200);
      expect(await look()).toEqual([200, 'ok\n']);
      const metrics = await (await fetch(`http://127.0.0.1:${app.metricsPort.toString()}/metrics`)).text();
      for (const name of ['queue_paused', 'queue_oldest_seconds', 'queue_due', 'relay_looked_seconds']) {
        expect(metrics).toContain(`onedoor_${name}`);
      }
    } finally {
      await app.close();
    }
  });
});

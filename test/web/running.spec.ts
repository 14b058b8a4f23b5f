import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { HealthChecks } from '../../src/web/health-checks.js';
import { Metrics, startMetrics } from '../../src/web/metrics.js';
import type { Puzzle } from '../../src/web/puzzles.js';
import { LIMITS, UNDER_ATTACK, WORK_HEADER } from '../../src/web/throttle.js';
import { solved } from '../support/solved.js';
import { until } from '../support/until.js';
import { serve, type Served } from './shell.js';
import { gate, TryModule } from './try.module.js';

let served: Served;
beforeAll(async () => {
  served = await serve(TryModule);
});
afterAll(() => served.close());

describe('health', () => {
  it('is alive at once, and ready only while every check works', async () => {
    const checks = served.app.get(HealthChecks);
    let works = true;
    checks.add('queue', () => (works ? Promise.resolve() : Promise.reject(new Error('redis://secret'))));
    expect((await fetch(`${served.publicOrigin}/health/live`)).status).toBe(200);
    expect((await fetch(`${served.publicOrigin}/health/ready`)).status).toBe(200);
    works = false;
    const failing = await fetch(`${served.staffOrigin}/health/ready`);
    expect([failing.status, await failing.json()]).toEqual([503, { status: 'failing' }]);
    works = true;
  });

  it('names the check that fails on the metrics port alone', async () => {
    const checks = served.app.get(HealthChecks);
    let works = false;
    checks.add('queue', () => (works ? Promise.resolve() : Promise.reject(new Error('redis://secret'))));
    const { port, close } = await startMetrics(served.settings, served.app.get(Metrics), checks);
    try {
      const failing = await fetch(`http://127.0.0.1:${port.toString()}/health/ready`);
      expect([failing.status, await failing.text()]).toEqual([503, 'queue\n']);
      expect(await (await fetch(`${served.publicOrigin}/health/ready`)).text()).not.toContain('queue');
    } finally {
      works = true;
      await close();
    }
  });
});

describe('the metrics', () => {
  it('count by method, route pattern and status, and by nothing a person sent', async () => {
    await fetch(`${served.publicOrigin}/fails/sentinel?q=sentinel`);
    await fetch(`${served.publicOrigin}/sentinel/nowhere`);
    const { port, close } = await startMetrics(served.settings, served.app.get(Metrics), served.app.get(HealthChecks));
    try {
      const text = await (await fetch(`http://127.0.0.1:${port.toString()}/metrics`)).text();
      expect(text).toMatch(/http_request_duration_seconds_count\{method="GET",route="\/fails\/:how",status="500"\} 1/);
      expect(text).toContain('route="unmatched"');
      expect(text).toContain('process_resident_memory_bytes');
      expect(text).not.toContain('sentinel');
      expect((await fetch(`http://127.0.0.1:${port.toString()}/health/ready`)).status).toBe(200);
      expect((await fetch(`http://127.0.0.1:${port.toString()}/`)).status).toBe(404);
    } finally {
      await close();
    }
    expect((await fetch(`${served.publicOrigin}/metrics`)).status).toBe(404);
  });
});

describe('guessing', () => {
  it('is slowed by address, whatever a header claims, and says how long to wait', async () => {
    const guess = (n: number) =>
      fetch(`${served.publicOrigin}/guess`, {
        headers: { 'x-forwarded-for': `203.0.113.${n.toString()}`, accept: 'application/json' },
      });
    for (let n = 0; n < LIMITS.mailbox.burst; n++) expect((await guess(n)).status).toBe(200);
    const refused = await guess(99);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: 'too_many' });
  });

  it('is asked for work once there is much of it, and with the work done is let in', async () => {
    const guess = (work?: string) =>
      fetch(`${served.publicOrigin}/guess`, {
        // Solving it may take longer than the server keeps a connection that nobody uses.
        headers: {
          accept: 'application/json',
          connection: 'close',
          ...(work === undefined ? {} : { [WORK_HEADER]: work }),
        },
      });
    let told: { work?: Puzzle } = {};
    for (let n = 0; n < LIMITS.mailbox.burst + UNDER_ATTACK; n++) told = (await (await guess()).json()) as typeof told;
    expect(told.work?.bits).toBeGreaterThanOrEqual(16);
    const work = solved(told.work ?? { challenge: '', bits: 0 });
    expect([(await guess(work)).status, (await guess(work)).status]).toEqual([200, 429]);
  });

  it('is counted by the forwarded address behind the proxies that the settings name', async () => {
    const behind = await serve(TryModule, { TRUSTED_PROXIES: '1' });
    try {
      const guess = async (forwarded: string) =>
        (await fetch(`${behind.publicOrigin}/guess`, { headers: { 'x-forwarded-for': forwarded } })).status;
      for (let n = 0; n < LIMITS.mailbox.burst; n++) await guess(`198.51.100.${n.toString()}, 203.0.113.1`);
      expect(await guess('198.51.100.200, 203.0.113.1')).toBe(429);
      expect(await guess('198.51.100.200, 203.0.113.2')).toBe(200);
    } finally {
      await behind.close();
    }
  });
});

async function refuses(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}

describe('a stop', () => {
  it('lets what is under way finish and takes nothing new', async () => {
    const stopping = await serve(TryModule);
    const entered = once(gate, 'entered');
    const answer = fetch(`${stopping.publicOrigin}/slow`);
    await entered;
    const closed = stopping.close();
    await until('it accepts nobody new', () => refuses(stopping.port));
    gate.emit('open');
    expect(await (await answer).json()).toEqual({ done: true });
    await closed;
  });
});

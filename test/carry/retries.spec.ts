import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Backoffs } from 'bullmq';
import { performance } from 'node:perf_hooks';
import { QueueTimings } from '../../src/queue/queue-timings.js';
import { retriesOf } from '../../src/queue/relay.js';
import { until } from '../support/until.js';
import { onBothBackends, Stage } from './stage.js';
import { lodge } from './worker.js';

describe('the delays before work is tried again', () => {
  const { attempts, backoff } = retriesOf(new QueueTimings());
  const delayAfter = (failed: number) => Number(Backoffs.calculate(backoff, failed, new Error(), undefined as never));

  it('double each time, half of each left to chance, so that what failed together does not come back together', () => {
    for (let failed = 1; failed < attempts; failed++) {
      const most = backoff.delay * 2 ** (failed - 1);
      const delays = Array.from({ length: 200 }, () => delayAfter(failed));
      expect(Math.min(...delays)).toBeGreaterThanOrEqual(most / 2);
      expect(Math.max(...delays)).toBeLessThanOrEqual(most);
      expect(new Set(delays).size).toBeGreaterThan(50);
    }
  });

  it('last for hours altogether, and more than one however short chance makes them', () => {
    let longest = 0;
    for (let failed = 1; failed < attempts; failed++) longest += backoff.delay * 2 ** (failed - 1);
    const hours = longest / 3_600_000;
    expect((hours * 3) / 4).toBeGreaterThan(3);
    expect((hours * 3) / 4).toBeLessThan(5);
    expect(hours / 2).toBeGreaterThan(1);
  });
});

onBothBackends('work', ({ redis }) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.set({ redis });
    await stage.watcher.agency('ombudsman', 'inbox@ombudsman.test');
  });
  afterEach(() => stage.clear());
  afterAll(() => stage.end());

  const givenUp = () => stage.watcher.count('outbox', 'dead_at IS NOT NULL');

  it('that fails is tried again after longer and longer delays, each job at moments of its own', async () => {
    const BACKOFF = 100;
    const runs = new Map<string, number[]>();
    await stage.work({
      timings: { attempts: 5, backoff: BACKOFF },
      handlers: (registry) => {
        registry.handle('routing', 'place_case', {
          run: (_manager, { id }) => {
            runs.set(id, [...(runs.get(id) ?? []), performance.now()]);
            return Promise.reject(new Error());
          },
        });
      },
    });
    for (let n = 0; n < 6; n++) await lodge(stage.watcher, 'ombudsman');
    await until('all are given up', async () => (await givenUp()) === 6);
    const gaps = [...runs.values()].map((at) => at.slice(1).map((one, n) => one - (at[n] ?? 0)));
    for (const [job, of] of gaps.entries()) {
      expect([job, of.length]).toEqual([job, 4]);
      // From below alone: how much later it is depends on what else the machine does. Clocks differ by a millisecond.
      for (const [n, gap] of of.entries()) expect(gap).toBeGreaterThanOrEqual((BACKOFF * 2 ** n) / 2 - 2);
    }
    const lasts = gaps.map((of) => Math.round(of.at(-1) ?? 0));
    expect(Math.max(...lasts) - Math.min(...lasts)).toBeGreaterThan(5);
  });

  it('is given up in the end, under a code that says so, when every process that takes it dies', async () => {
    const id = await lodge(stage.watcher, 'ombudsman');
    const timings = { mostStalls: 1 };
    for (let deaths = 0; deaths < 2; deaths++) {
      const doomed = stage.doom([{ queue: 'routing', name: 'place_case', points: ['before'] }], {
        CARRY_TIMINGS: JSON.stringify(timings),
      });
      await doomed.holds(1);
      await doomed.kill();
    }
    const worker = await stage.work({ timings });
    await until('it is given up', async () => (await givenUp()) === 1);
    expect(await stage.watcher.rows('SELECT case_id, error_code FROM outbox WHERE dead_at IS NOT NULL')).toEqual([
      { case_id: id, error_code: 'stalled' },
    ]);
    expect(await stage.watcher.count('lead_reviews', `case_id = $1 AND why = 'not_placed'`, [id])).toBe(1);
    expect(worker.logged.join('\n')).not.toContain(id);
  });

  it('in hand is finished by a worker that is asked to stop', async () => {
    const id = await lodge(stage.watcher, 'ombudsman');
    const doomed = stage.doom([{ queue: 'routing', name: 'place_case', points: ['slow'] }]);
    await doomed.says('place_case slow');
    expect(await doomed.stop()).toBe(0);
    expect(await stage.watcher.count('case_events', `case_id = $1 AND kind = 'placed'`, [id])).toBe(1);
    expect(await stage.watcher.count('outbox', `name = 'place_case'`)).toBe(0);
  });
});

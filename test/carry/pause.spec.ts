import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { listDeadLetters, replayDeadLetter } from '../../src/queue/dead-letters.js';
import type { JobRegistry } from '../../src/queue/job-registry.js';
import { pauseQueue, resumeQueue } from '../../src/queue/pauses.js';
import { putOutbox } from '../../src/queue/outbox.js';
import type { StaffActor } from '../../src/staff/staff-actor.js';
import { startMailServer, type MailServer } from '../support/smtp.js';
import { until } from '../support/until.js';
import { onBothBackends, Stage, SYSTEM } from './stage.js';
import { lodge, type TestWorker } from './worker.js';

const ADMIN: StaffActor = {
  kind: 'staff',
  staffId: randomUUID(),
  agencyId: 'triage',
  roles: ['admin'],
  displayName: 'Somebody',
};
/** More than one worker takes of the queue `routing` at once. */
const CROWD = 10;

onBothBackends('a queue that rests', ({ redis }) => {
  let stage: Stage;
  let mail: MailServer;

  beforeAll(async () => {
    stage = await Stage.set({ redis });
    mail = await startMailServer();
    await stage.watcher.agency('ombudsman', 'inbox@ombudsman.test');
  });
  afterEach(() => stage.clear());
  afterAll(async () => {
    await mail.stop();
    await stage.end();
  });

  const rest = (worker: TestWorker) => worker.database.asActor(ADMIN, (m) => pauseQueue(m, ADMIN, 'routing'));
  const goOn = (worker: TestWorker) => worker.database.asActor(ADMIN, (m) => resumeQueue(m, ADMIN, 'routing'));
  const placed = (ids: string[]) => stage.watcher.count('case_events', `case_id = ANY ($1) AND kind = 'placed'`, [ids]);

  /** Work of another queue that is promised now and done: whoever hands over has looked at everything before it. */
  async function othersAreDone(worker: TestWorker): Promise<void> {
    const id = await worker.database.asActor(SYSTEM, (manager) =>
      putOutbox(manager, { queue: 'delivery', name: 'tell_agency', caseId: randomUUID() }),
    );
    await until(
      'other work is done',
      async () => (await stage.watcher.count('outbox', `id = $1 AND dead_at IS NOT NULL`, [id])) === 1,
    );
  }

  it('takes lodgings and places none, also after every worker was started anew, until it goes on', async () => {
    const first = await stage.work({ smtpUrl: mail.url });
    expect(await rest(first)).toBe(true);
    expect(await rest(first)).toBe(false);
    const ids = await Promise.all(Array.from({ length: CROWD }, () => lodge(stage.watcher, 'ombudsman')));
    await othersAreDone(first);
    await first.runner.stop();
    const [second, third] = [await stage.work({ smtpUrl: mail.url }), await stage.work({ smtpUrl: mail.url })];
    await othersAreDone(second);
    await othersAreDone(third);
    expect(await placed(ids)).toBe(0);
    expect(await stage.watcher.count('outbox', `queue = 'routing' AND relayed_at IS NULL`)).toBe(CROWD);
    expect(await goOn(third)).toBe(true);
    expect(await goOn(third)).toBe(false);
    await stage.done();
    expect(await placed(ids)).toBe(CROWD);
    expect(
      await stage.watcher.rows(`SELECT action, subject FROM audit_entries WHERE actor_id = $1 ORDER BY happened_at`, [
        ADMIN.staffId,
      ]),
    ).toEqual([
      { action: 'queue.paused', subject: 'routing' },
      { action: 'queue.resumed', subject: 'routing' },
    ]);
  });

  it('finishes what is in hand, gives back what only lies there, and does all of it once', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const begun: string[] = [];
    const finished: string[] = [];
    const handlers = (registry: JobRegistry) => {
      registry.handle('routing', 'place_case', {
        run: async (_manager, { id }) => {
          begun.push(id);
          await held;
          finished.push(id);
        },
      });
    };
    const worker = await stage.work({ handlers });
    await Promise.all(Array.from({ length: CROWD }, () => lodge(stage.watcher, 'ombudsman')));
    await until(
      'some are in hand and the others lie in the queue',
      async () =>
        begun.length === 6 && (await stage.watcher.count('outbox', `queue = 'routing' AND relayed_at IS NULL`)) === 0,
    );
    await rest(worker);
    release();
    await until(
      'what was in hand is done and the others are back',
      async () => (await stage.watcher.count('outbox', `queue = 'routing' AND relayed_at IS NULL`)) === CROWD - 6,
    );
    await until('nothing lies in the queue', async () => {
      const routing = (await worker.runner.counts()).get('routing');
      return routing?.waiting === 0 && routing.active === 0;
    });
    expect(finished).toHaveLength(6);
    const figures = (await worker.runner.standings()).find(({ queue }) => queue === 'routing');
    expect(figures).toMatchObject({ due: CROWD - 6, dead: 0, pausedOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) });
    await goOn(worker);
    await stage.done();
    expect(new Set(finished).size).toBe(CROWD);
    expect(finished).toHaveLength(CROWD);
  });

  it('keeps what was lost by the queue meanwhile', async () => {
    const worker = await stage.work({ smtpUrl: mail.url });
    await rest(worker);
    const id = await lodge(stage.watcher, 'ombudsman');
    // Handed over before the pause, to a queue that has forgotten it, and longer ago than anybody waits.
    await stage.watcher.rows(`UPDATE outbox SET relayed_at = now() - interval '1 day' WHERE case_id = $1`, [id]);
    await othersAreDone(worker);
    expect(await placed([id])).toBe(0);
    await goOn(worker);
    await until('it is placed', async () => (await placed([id])) === 1);
  });

  it('replays work once, however many people ask for it at once', async () => {
    let broken = true;
    const runs: string[] = [];
    const worker = await stage.work({
      timings: { attempts: 1 },
      handlers: (registry) => {
        registry.handle('routing', 'place_case', {
          run: (_manager, { id }) => {
            if (broken) return Promise.reject(new Error());
            runs.push(id);
            return Promise.resolve();
          },
        });
      },
    });
    await lodge(stage.watcher, 'ombudsman');
    await until('it is given up', async () => (await stage.watcher.count('outbox', 'dead_at IS NOT NULL')) === 1);
    broken = false;
    const [letter] = await worker.database.asActor(SYSTEM, (manager) => listDeadLetters(manager));
    const asked = await Promise.allSettled(
      Array.from({ length: 5 }, () =>
        worker.database.asActor(SYSTEM, (manager) => replayDeadLetter(manager, letter?.id ?? '')),
      ),
    );
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await stage.done();
    expect(runs).toEqual([letter?.id]);
  });

  it('brings a complaint that cannot be placed before the system lead, and places it when it is replayed', async () => {
    await stage.watcher.rows('ALTER TABLE clocks RENAME TO mislaid');
    const ids: string[] = [];
    let worker: TestWorker;
    try {
      worker = await stage.work({ smtpUrl: mail.url, timings: { attempts: 2 } });
      for (const path of ['complaint', 'disclosure'] as const) ids.push(await lodge(stage.watcher, 'ombudsman', path));
      await until('both are given up', async () => (await stage.watcher.count('outbox', 'dead_at IS NOT NULL')) === 2);
      expect(worker.logged.filter((line) => line.includes('"event":"queue.dead"'))).toHaveLength(2);
      // Given up a second time, it is still one question.
      await replayAll(worker);
      await until('both are given up', async () => (await stage.watcher.count('outbox', 'dead_at IS NOT NULL')) === 2);
    } finally {
      await stage.watcher.rows('ALTER TABLE mislaid RENAME TO clocks');
    }
    expect(await stage.watcher.rows('SELECT case_id, why, decision FROM lead_reviews')).toEqual([
      { case_id: ids[0], why: 'not_placed', decision: null },
    ]);
    await replayAll(worker);
    await stage.done();
    expect(await placed(ids)).toBe(2);
    expect(await stage.watcher.count('lead_reviews')).toBe(1);
  });

  async function replayAll(worker: TestWorker): Promise<void> {
    await worker.database.asActor(SYSTEM, async (manager) => {
      for (const { id } of await listDeadLetters(manager)) await replayDeadLetter(manager, id);
    });
  }
});

import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { startMailServer, type MailServer } from '../support/smtp.js';
import { listDeadLetters, replayDeadLetter } from '../../src/queue/dead-letters.js';
import { queueMetrics } from '../../src/queue/queue-metrics.js';
import { openQueueBackend, type QueueBackend } from '../../src/queue/queue-backend.js';
import { QueueTimings } from '../../src/queue/queue-timings.js';
import { until } from '../support/until.js';
import { onBothBackends, Stage } from './stage.js';
import { lodge, type TestWorker, type TestWorkerOptions, type Watcher } from './worker.js';

onBothBackends('carrying', ({ redis }) => {
  let stage: Stage;
  let watcher: Watcher;
  let mail: MailServer | undefined;

  beforeAll(async () => {
    stage = await Stage.set({ redis });
    watcher = stage.watcher;
    await watcher.agency('ombudsman', 'inbox@ombudsman.test');
    await watcher.agency('refuser', 'full-of-secrets@refuser.test');
    await watcher.agency('silent', null);
  });

  afterEach(async () => {
    await stage.clear();
    await mail?.stop();
    mail = undefined;
  });

  afterAll(() => stage.end());

  const work = (options: Partial<TestWorkerOptions> = {}): Promise<TestWorker> =>
    stage.work({ smtpUrl: mail?.url, ...options });

  async function withQueue<T>(use: (queue: QueueBackend) => Promise<T>): Promise<T> {
    const database = { url: stage.database.applicationUrl, role: 'onedoor_worker' } as const;
    const queue = await openQueueBackend(stage.redis?.url, database, new QueueTimings());
    try {
      return await use(queue);
    } finally {
      await queue.close();
    }
  }

  const pending = () =>
    watcher.count('outbox', `name NOT IN ('close_lodged_days', 'count_oversight', 'digests', 'reminders')`);
  const done = () => until('the outbox is empty', async () => (await pending()) === 0);
  const eventsOf = (caseId: string, kind: string) =>
    watcher.count('case_events', 'case_id = $1 AND kind = $2', [caseId, kind]);

  it('places a case, starts its clock from the day it was lodged, and tells the agency once', async () => {
    mail = await startMailServer();
    const id = await lodge(watcher, 'ombudsman', 'complaint', '2026-11-20');
    await work();
    await done();
    expect(await watcher.count('cases', `id = $1 AND status = 'placed'`, [id])).toBe(1);
    expect(await eventsOf(id, 'placed')).toBe(1);
    expect(
      await watcher.rows(`SELECT kind, basis, started_on::text, due_on::text FROM clocks WHERE case_id = $1`, [id]),
    ).toEqual([{ kind: 'answer', basis: 'our_aim', started_on: '2026-11-20', due_on: '2026-12-18' }]);
    expect(await watcher.rows(`SELECT to_whom, agency_id, state FROM notices WHERE case_id = $1`, [id])).toEqual([
      { to_whom: 'agency', agency_id: 'ombudsman', state: 'sent' },
    ]);
    expect(mail.mails.map(({ recipients }) => recipients)).toEqual([['inbox@ombudsman.test']]);
  });

  it('places a disclosure under section 13 and mails nobody about it', async () => {
    mail = await startMailServer();
    const id = await lodge(watcher, 'ombudsman', 'disclosure', '2026-12-18');
    await work();
    await done();
    expect(await watcher.rows(`SELECT kind, basis, due_on::text FROM clocks WHERE case_id = $1`, [id])).toEqual([
      { kind: 's13', basis: 'pda_s13', due_on: '2027-01-26' },
    ]);
    expect(await watcher.count('notices', 'case_id = $1', [id])).toBe(0);
    expect(mail.mails).toHaveLength(0);
  });

  it('does it once under several workers, however often the job comes', async () => {
    mail = await startMailServer();
    const ids = await Promise.all(Array.from({ length: 40 }, () => lodge(watcher, 'ombudsman')));
    const rows = await watcher.rows<{ id: string; name: string }>(
      `SELECT id, name FROM outbox WHERE queue = 'routing'`,
    );
    await Promise.all([work(), work(), work()]);
    await withQueue((queue) =>
      Promise.all(
        Array.from({ length: 20 }, async () =>
          queue.queues.get('routing')?.addBulk(
            rows.map(({ id, name }) => ({
              name,
              data: {},
              opts: { jobId: id, removeOnComplete: true, attempts: 5 },
            })),
          ),
        ),
      ),
    );
    await done();
    expect(await watcher.count('cases', `id = ANY ($1) AND status = 'placed'`, [ids])).toBe(40);
    expect(await watcher.count('case_events', `case_id = ANY ($1) AND kind = 'placed'`, [ids])).toBe(40);
    expect(await watcher.count('clocks', 'case_id = ANY ($1)', [ids])).toBe(40);
    expect(await watcher.count('notices', `case_id = ANY ($1) AND state = 'sent'`, [ids])).toBe(40);
    expect(new Set(mail.mails.map(({ parsed }) => parsed.messageId)).size).toBe(40);
    expect(mail.mails).toHaveLength(40);
  });

  it('tries again while the mail server is away, and sends when it is back', async () => {
    const gone = await startMailServer();
    await gone.stop();
    const id = await lodge(watcher, 'ombudsman');
    await work({ smtpUrl: gone.url, timings: { attempts: 40, backoff: 100 } });
    await until(
      'a try has failed',
      async () => (await watcher.count('outbox', `error_code = 'smtp_unreachable'`)) === 1,
    );
    expect(await watcher.rows(`SELECT state, sent_on FROM notices WHERE case_id = $1`, [id])).toEqual([
      { state: 'waiting', sent_on: null },
    ]);
    mail = await startMailServer({ port: gone.port });
    await done();
    expect(mail.mails).toHaveLength(1);
    expect(await watcher.count('notices', `case_id = $1 AND state = 'sent'`, [id])).toBe(1);
  });

  it('shows a refused notice as a dead letter with a code, keeps the address nowhere, and replays it', async () => {
    let reply: number | undefined = 550;
    mail = await startMailServer({ reply: () => reply });
    const id = await lodge(watcher, 'refuser');
    const { database: app, logged, runner } = await work();
    await until('it is given up', async () => (await watcher.count('outbox', 'dead_at IS NOT NULL')) === 1);
    expect(mail.refused).toEqual(['full-of-secrets@refuser.test']);
    expect(await watcher.rows(`SELECT state, sent_on FROM notices WHERE case_id = $1`, [id])).toEqual([
      { state: 'dead', sent_on: null },
    ]);
    const system = { kind: 'system', name: 'test' } as const;
    const [letter, ...others] = await app.asActor(system, (manager) => listDeadLetters(manager));
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      queue: 'delivery',
      name: 'tell_agency',
      attempts: 1,
      errorCode: 'smtp_refused',
    });
    const registry = new Registry();
    queueMetrics(runner, registry);
    const figures = await registry.metrics();
    expect(figures).toContain('onedoor_queue_dead{queue="delivery"} 1');
    expect(figures).toContain('onedoor_queue_up 1');

    const everything = `${await watcher.everything()}\n${(await stage.redis?.dump()) ?? ''}\n${logged.join('\n')}`;
    expect(everything).toContain('smtp_refused');
    // The agency's own row is the one place for it.
    expect(everything.split('full-of-secrets')).toHaveLength(2);

    reply = undefined;
    await app.asActor(system, (manager) => replayDeadLetter(manager, letter?.id ?? ''));
    await done();
    expect(mail.mails).toHaveLength(1);
    expect(await watcher.count('notices', `case_id = $1 AND state = 'sent'`, [id])).toBe(1);
  });

  it('gives up a notice that nobody can be told, without holding up the others', async () => {
    mail = await startMailServer();
    await lodge(watcher, 'silent');
    await lodge(watcher, 'ombudsman');
    await work();
    await until(
      'one is dead and the other sent',
      async () =>
        (await watcher.count('outbox', `error_code = 'no_notice_address' AND dead_at IS NOT NULL`)) === 1 &&
        (await watcher.count('notices', `state = 'sent'`)) === 1,
    );
    expect(mail.mails).toHaveLength(1);
  });

  it('gives up after the last try and keeps no finer time than the day', async () => {
    let runs = 0;
    const { logged } = await work({
      handlers: (registry) => {
        registry.handle('routing', 'place_case', {
          run: () => {
            runs += 1;
            return Promise.reject(new TypeError('a sentence with somebody@secret.test in it'));
          },
        });
      },
    });
    await lodge(watcher, 'ombudsman');
    await until('it is given up', async () => (await watcher.count('outbox', 'dead_at IS NOT NULL')) === 1);
    expect(runs).toBe(5);
    expect(await watcher.rows(`SELECT attempts, error_code, relayed_at FROM outbox`)).toEqual([
      { attempts: 5, error_code: 'unexpected', relayed_at: null },
    ]);
    expect(
      await watcher.count('outbox', `dead_at = date_trunc('day', dead_at) AND due_at = date_trunc('day', due_at)`),
    ).toBe(1);
    const everything = `${await watcher.everything()}\n${(await stage.redis?.dump()) ?? ''}\n${logged.join('\n')}`;
    expect(everything).toContain('unexpected');
    expect(everything).not.toContain('secret.test');
  });

  it('hands over again what a queue without memory has lost, and does it once', async () => {
    mail = await startMailServer();
    const ids = await Promise.all(Array.from({ length: 10 }, () => lodge(watcher, 'ombudsman')));
    // Handed over, and lost before any worker saw it.
    await watcher.rows('UPDATE outbox SET relayed_at = now()');
    await stage.emptyQueue();
    await work();
    await done();
    expect(await watcher.count('case_events', `case_id = ANY ($1) AND kind = 'placed'`, [ids])).toBe(10);
    expect(mail.mails).toHaveLength(10);
  });

  it('takes the work of a worker that was killed, and does it once', async () => {
    mail = await startMailServer();
    const id = await lodge(watcher, 'ombudsman');
    const victim = stage.doom([{ queue: 'routing', name: 'place_case', points: ['after'] }]);
    await victim.holds(1);
    await victim.kill();
    expect(await eventsOf(id, 'placed')).toBe(0);
    await work();
    await done();
    expect(await eventsOf(id, 'placed')).toBe(1);
    expect(mail.mails).toHaveLength(1);
  });

  if (redis) {
    it('keeps what is due while the queue is away', async () => {
      await stage.redis?.stop();
      const id = await lodge(watcher, 'ombudsman');
      const worker = await work();
      await until('handing over has failed', () => worker.logged.some((line) => line.includes('queue.relay')));
      await expect(worker.runner.ping()).rejects.toThrow();
      expect(await watcher.count('outbox', 'case_id = $1 AND relayed_at IS NULL', [id])).toBe(1);
      await stage.restartRedis();
      await until('it is placed', async () => (await eventsOf(id, 'placed')) === 1);
      await worker.runner.ping();
    });
  }

  it('finishes what is in hand before it stops, and leaves the rest for others', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let begun = 0;
    let finished = 0;
    const first = await work({
      handlers: (registry) => {
        registry.handle('routing', 'place_case', {
          run: async () => {
            begun += 1;
            await held;
            finished += 1;
          },
        });
      },
    });
    await lodge(watcher, 'ombudsman');
    await until('it is in hand', () => begun === 1);
    const stopped = first.runner.stop();
    await lodge(watcher, 'ombudsman');
    release();
    await stopped;
    expect(finished).toBe(begun);
    expect(await watcher.count('outbox')).toBe(2 - finished);
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { onBothBackends } from '../carry/stage.js';
import { lodge, Watcher } from '../carry/worker.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { plusDays } from '../../src/clocks/holidays.js';
import { nextHour } from '../../src/queue/daily-work.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { findRedisServer, startRedis, type TestRedis } from '../support/redis.js';
import { startMailServer, type MailServer } from '../support/smtp.js';
import { until } from '../support/until.js';
import { ServerProcess } from './processes.js';
import { setScene, type Scene } from './scene.js';

const PRELOADED = pathToFileURL(join(import.meta.dirname, 'jumping-clock.mjs')).href;
const TWO_DAYS = 2 * 86_400_000;
const AGENCIES = ['msd', 'triage'];

onBothBackends('a worker whose clock jumps two days ahead and back', ({ redis }) => {
  let scene: Scene;
  let database: TestDatabase;
  let watcher: Watcher;
  let mail: MailServer;
  let queue: TestRedis | undefined;
  let reply: number | undefined;
  let worker: ServerProcess;
  let file: string;

  beforeAll(async () => {
    scene = await setScene(AGENCIES);
  });
  beforeEach(async () => {
    database = await freshDatabase(scene.database.name);
    watcher = new Watcher(database.ownerUrl);
    mail = await startMailServer({ reply: () => reply });
    if (redis) queue = await startRedis(findRedisServer() ?? '');
    file = join(scene.home, 'clock');
    worker = ServerProcess.start('test/faults/quick-worker.ts', {
      ...scene.environment(database),
      SMTP_URL: mail.url,
      ...(queue ? { QUEUE_URL: queue.url } : {}),
      NODE_OPTIONS: `--import=${PRELOADED}`,
      CLOCK_FILE: file,
    });
    await worker.says(/^ready worker$/m);
  });
  afterEach(async () => {
    await ServerProcess.endAll();
    await queue?.stop();
    await mail.stop();
    await watcher.close();
    await database.drop();
  });
  afterAll(() => scene.end());

  async function jump(ahead: number): Promise<void> {
    const said = worker.output.length;
    await writeFile(file, ahead.toString());
    process.kill(worker.pid, 'SIGUSR2');
    await until('its clock is set', () => worker.output.slice(said).includes(`clock ${ahead.toString()}\n`));
  }

  /** Daily work comes due now, as it does at eight in the morning. */
  async function morning(): Promise<void> {
    await watcher.rows(
      `INSERT INTO outbox (id, queue, name)
       VALUES (gen_random_uuid(), 'delivery', 'digests'), (gen_random_uuid(), 'clocks', 'reminders')`,
    );
    await until('it is done', async () => (await watcher.count('outbox', 'due_at <= now()')) === 0);
  }

  const told = async (): Promise<number[]> => [
    await watcher.count('notices', `case_id IS NULL AND state = 'sent'`),
    await watcher.count('reminders'),
    new Set(mail.mails.map(({ parsed }) => parsed.messageId)).size,
    mail.mails.length,
  ];

  it('sends digests and reminders once for each day, promises the next, and does what it had put off', async () => {
    const late = await lodge(watcher, 'msd', 'complaint', plusDays(todayInAuckland(), -60));
    await until('it is told', async () => (await watcher.count('notices', `state = 'sent'`)) === 1);
    expect(await watcher.count('clocks', 'case_id = $1 AND due_on < $2', [late, todayInAuckland()])).toBe(1);

    await morning();
    // A digest to each agency, and a reminder to the one with something late; beside them the notice of the case.
    expect(await told()).toEqual([3, 1, 4, 4]);
    await jump(TWO_DAYS);
    await morning();
    await morning();
    expect(await told()).toEqual([6, 2, 7, 7]);

    // What fails in between is put off by the clock that is wrong.
    reply = 450;
    const waiting = await lodge(watcher, 'msd');
    await until('it was put off', async () => {
      return (await watcher.count('outbox', `case_id = $1 AND error_code = 'smtp_deferred'`, [waiting])) === 1;
    });
    await jump(0);
    reply = undefined;
    await until('it is told all the same', async () => {
      return (await watcher.count('notices', `case_id = $1 AND state = 'sent'`, [waiting])) === 1;
    });
    await morning();
    expect(await told()).toEqual([6, 2, 8, 8]);

    // Work that comes now is done now, and what comes every day is promised for the next morning that truly is.
    const fresh = await lodge(watcher, 'msd');
    await until('it is told', async () => {
      return (await watcher.count('notices', `case_id = $1 AND state = 'sent'`, [fresh])) === 1;
    });
    await watcher.rows(`DELETE FROM outbox WHERE name IN ('digests', 'reminders')`);
    for (const name of ['digests', 'reminders']) {
      await until(`${name} are promised`, async () => {
        return (await watcher.count('outbox', 'name = $1 AND due_at = $2', [name, nextHour(8, new Date())])) === 1;
      });
    }
    expect(await watcher.count('case_events', `kind = 'placed'`)).toBe(3);
    expect(await worker.stop()).toEqual({ code: 0, signal: null });
  });
});

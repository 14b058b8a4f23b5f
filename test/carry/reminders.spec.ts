import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { addWorkingDays, isWorkingDay, todayInAuckland } from '../../src/clocks/calendar.js';
import { plusDays } from '../../src/clocks/holidays.js';
import { LONG_OVERDUE, longOverdueSince, overdueCases, overdueLong } from '../../src/clocks/overdue.js';
import { planReminders, remind } from '../../src/clocks/remind.js';
import { planDigests, sendDigests } from '../../src/delivery/send-digests.js';
import { listDeadLetters, replayDeadLetter } from '../../src/queue/dead-letters.js';
import type { OutboxJob } from '../../src/queue/outbox.js';
import { startMailServer, type MailServer } from '../support/smtp.js';
import { until } from '../support/until.js';
import { Stage, SYSTEM } from './stage.js';
import { lodge, type TestWorker } from './worker.js';

const DAY = 86_400_000;
/** Eight in the morning of a Monday in New Zealand, so far ahead that what is promised for later stays where it is. */
const MONDAY = new Date('2030-06-16T20:00:00Z');
const MONDAY_DATE = '2030-06-17';

let stage: Stage;
let mail: MailServer;
let reply: number | undefined;
let worker: TestWorker;

beforeAll(async () => {
  stage = await Stage.set({ redis: false });
  mail = await startMailServer({ reply: () => reply });
  await stage.watcher.agency('ombudsman', 'inbox@ombudsman.test');
  await stage.watcher.agency('hdc', 'inbox@hdc.test');
  await stage.watcher.agency('ipca', null);
});
beforeEach(async () => {
  worker = await stage.work({ smtpUrl: mail.url }, false);
});
afterEach(async () => {
  reply = undefined;
  await stage.clear();
  (mail.mails as unknown[]).length = 0;
});
afterAll(async () => {
  await mail.stop();
  await stage.end();
});

/** Somebody of an agency whom nothing is kept from. */
const leadOf = (agencyId: string) =>
  ({ kind: 'staff', agencyId, staffId: randomUUID(), roles: ['lead', 'system_lead'] }) as const;

/** A case whose answer is due on a day. */
async function due(
  agencyId: string,
  dueOn: string,
  { path = 'complaint', set = '' }: { path?: 'complaint' | 'disclosure'; set?: string } = {},
): Promise<string> {
  const id = await lodge(stage.watcher, agencyId, path, '2026-05-01');
  await stage.watcher.rows('DELETE FROM outbox WHERE case_id = $1', [id]);
  await stage.watcher.rows(`UPDATE cases SET status = 'placed' WHERE id = $1`, [id]);
  await stage.watcher.rows(
    `INSERT INTO clocks (case_id, kind, basis, started_on, due_on, agency_id, next_on)
     VALUES ($1, $2, $3, '2026-05-01', $4, $5, $4)`,
    [id, ...(path === 'complaint' ? ['answer', 'our_aim'] : ['s13', 'pda_s13']), dueOn, agencyId],
  );
  if (set !== '') await stage.watcher.rows(`UPDATE clocks SET ${set} = '2026-06-01' WHERE case_id = $1`, [id]);
  return id;
}

const remindAt = (now: Date, job?: OutboxJob) =>
  worker.database.asActor(SYSTEM, (manager) => remind(manager, now, job));
const reminders = () =>
  stage.watcher.rows(`SELECT agency_id, day::text, due_soon, overdue FROM reminders ORDER BY agency_id, day`);
/** What is promised to be done now, and not on a day to come. */
const promised = (name: string) => stage.watcher.count('outbox', 'name = $1 AND due_at <= now()', [name]);

describe('reminders', () => {
  it('tell an agency in the morning how many complaints are due within three working days and how many are late', async () => {
    await due('ombudsman', plusDays(MONDAY_DATE, -1));
    await due('ombudsman', plusDays(MONDAY_DATE, -40));
    await due('ombudsman', MONDAY_DATE);
    await due('ombudsman', plusDays(MONDAY_DATE, 3));
    await due('ombudsman', plusDays(MONDAY_DATE, 4));
    await due('hdc', plusDays(MONDAY_DATE, 30));
    await due('ipca', MONDAY_DATE); // nobody there can be told
    await due('ombudsman', MONDAY_DATE, { set: 'met_on' });
    await due('ombudsman', MONDAY_DATE, { set: 'stopped_on' });
    const closed = await due('ombudsman', MONDAY_DATE);
    await stage.watcher.rows(`UPDATE cases SET status = 'closed' WHERE id = $1`, [closed]);
    await remindAt(MONDAY);
    expect(await reminders()).toEqual([{ agency_id: 'ombudsman', day: MONDAY_DATE, due_soon: 2, overdue: 2 }]);
    await worker.runner.start();
    await stage.done();
    expect(mail.mails.map(({ recipients }) => recipients)).toEqual([['inbox@ombudsman.test']]);
    expect(mail.mails[0]?.parsed.text).toMatch(/three working days: 2\n.*past their date: 2\n/);
    expect(await stage.watcher.rows(`SELECT case_id, agency_id, to_whom, state FROM notices`)).toEqual([
      { case_id: null, agency_id: 'ombudsman', to_whom: 'agency', state: 'sent' },
    ]);
  });

  it('say nothing when nothing is due', async () => {
    await due('ombudsman', plusDays(MONDAY_DATE, 30));
    await remindAt(MONDAY);
    expect(await promised('remind_agency')).toBe(0);
  });

  it('leave the same behind with disclosures that are due and without', async () => {
    await due('ombudsman', MONDAY_DATE);
    const left = async () => ({
      reminders: await reminders(),
      outbox: await stage.watcher.rows('SELECT queue, name, case_id, due_at FROM outbox ORDER BY name, due_at'),
      audit: await stage.watcher.count('audit_entries'),
    });
    await remindAt(MONDAY);
    const without = await left();
    await stage.watcher.rows('TRUNCATE outbox, reminders');
    for (const agency of ['ombudsman', 'hdc']) {
      for (const days of [-30, 0, 1]) await due(agency, plusDays(MONDAY_DATE, days), { path: 'disclosure' });
    }
    await remindAt(MONDAY);
    expect(await left()).toEqual(without);
    const lead = leadOf('hdc');
    const seen = await worker.database.asActor(lead, async (manager) => [
      ...(await overdueCases(manager, lead, undefined, MONDAY)),
      ...(await overdueLong(manager, MONDAY)),
    ]);
    expect(seen).toEqual([]);
  });

  it('go once a day, however many workers do it at once and however often it is replayed', async () => {
    await due('ombudsman', MONDAY_DATE);
    await Promise.all(Array.from({ length: 5 }, () => remindAt(MONDAY)));
    await remindAt(new Date(MONDAY.getTime() + 3_600_000));
    expect(await promised('remind_agency')).toBe(1);
    expect(await stage.watcher.count('outbox', `name = 'reminders'`)).toBe(1);
  });

  it('and the digest go once a day when the clock is set back, and go on when it was far ahead', async () => {
    await due('ombudsman', MONDAY_DATE);
    const run = (now: Date) =>
      worker.database.asActor(SYSTEM, async (manager) => {
        await remind(manager, now);
        await sendDigests(manager, now);
      });
    const at = (days: number) => new Date(MONDAY.getTime() + days * DAY);
    for (const days of [0, 1, -1, 0, 1, 40, 1, 2]) await run(at(days));
    const daysOf = async (sql: string) => (await stage.watcher.rows<{ day: string }>(sql)).map(({ day }) => day);
    const whole = [0, 1, 2, 40, -1].map((days) => plusDays(MONDAY_DATE, days)).sort();
    // The one of the day before is of a day on which nothing was late yet, but was due soon.
    expect(await daysOf(`SELECT day::text FROM reminders ORDER BY day`)).toEqual(whole);
    expect(await promised('remind_agency')).toBe(whole.length);
    expect(await stage.watcher.count('notices', `agency_id = 'hdc'`)).toBe(whole.length);
    // A day after the clock was put right is promised, whatever lies forty days ahead.
    for (const name of ['reminders', 'digests']) {
      expect(await stage.watcher.count('outbox', 'name = $1 AND due_at = $2', [name, at(3)])).toBe(1);
    }
  });

  it('come back after the clock was put right, without a worker being started anew', async () => {
    const steady = await stage.work({ smtpUrl: mail.url, timings: { promiseAgain: 50 } });
    await stage.watcher.rows('TRUNCATE outbox');
    await until('all of it is promised again', async () => {
      return (await stage.watcher.count('outbox', `name IN ('reminders', 'digests') AND due_at > now()`)) === 2;
    });
    await steady.runner.stop();
    expect(await stage.watcher.count('outbox')).toBe(2);
  });

  it('are promised for the next day where a server’s clock is behind that of the database', async () => {
    const job = { id: '', queue: 'clocks', name: 'reminders', caseId: null, dueAt: MONDAY } as const;
    const early = new Date(MONDAY.getTime() - 5 * 60_000);
    await remindAt(early, job);
    await worker.database.asActor(SYSTEM, (manager) => planDigests(manager, early, { ...job, name: 'digests' }));
    expect(await stage.watcher.rows('SELECT DISTINCT due_at FROM outbox')).toEqual([
      { due_at: new Date(MONDAY.getTime() + DAY) },
    ]);
  });

  it('are promised again also where those of today are given up', async () => {
    await worker.runner.start();
    await stage.watcher.rows('ALTER TABLE clocks RENAME TO mislaid');
    try {
      await worker.database.asActor(SYSTEM, (manager) => planReminders(manager, new Date(Date.now() - DAY)));
      await stage.watcher.rows(`TRUNCATE outbox`);
      await stage.watcher.rows(
        `INSERT INTO outbox (id, queue, name) VALUES (gen_random_uuid(), 'clocks', 'reminders')`,
      );
      await until(
        'they are given up',
        async () => (await stage.watcher.count('outbox', `name = 'reminders' AND dead_at IS NOT NULL`)) === 1,
      );
    } finally {
      await stage.watcher.rows('ALTER TABLE mislaid RENAME TO clocks');
    }
    expect(await stage.watcher.count('outbox', `name = 'reminders' AND dead_at IS NULL AND due_at > now()`)).toBe(1);
  });

  it('that a mail server refuses are given up under the agency’s name, and sent when they are replayed', async () => {
    await due('ombudsman', todayInAuckland());
    reply = 550;
    await remindAt(new Date());
    await worker.runner.start();
    await until('it is given up', async () => (await stage.watcher.count('outbox', 'dead_at IS NOT NULL')) === 1);
    expect(await stage.watcher.rows('SELECT agency_id, state FROM notices')).toEqual([
      { agency_id: 'ombudsman', state: 'dead' },
    ]);
    reply = undefined;
    await worker.database.asActor(SYSTEM, async (manager) => {
      for (const { id } of await listDeadLetters(manager)) await replayDeadLetter(manager, id);
    });
    await stage.done();
    expect(mail.mails).toHaveLength(1);
    expect(await stage.watcher.rows('SELECT agency_id, state FROM notices')).toEqual([
      { agency_id: 'ombudsman', state: 'sent' },
    ]);
  });

  it('wait while the mail server is deferring, and go when it takes them', async () => {
    await due('ombudsman', todayInAuckland());
    reply = 450;
    await remindAt(new Date());
    const patient = await stage.work({ smtpUrl: mail.url, timings: { attempts: 40, backoff: 50 } });
    await until(
      'it was put off',
      async () => (await stage.watcher.count('outbox', `error_code = 'smtp_deferred'`)) === 1,
    );
    expect(await stage.watcher.count('notices', `state = 'waiting' AND agency_id = 'ombudsman'`)).toBe(1);
    reply = undefined;
    await stage.done();
    expect(mail.mails).toHaveLength(1);
    await patient.runner.stop();
  });

  it('ask an index of the clocks that run, and nothing of those that were met', async () => {
    await stage.watcher.rows(`
      INSERT INTO clocks (case_id, kind, basis, started_on, due_on, met_on)
      SELECT gen_random_uuid(), 'answer', 'our_aim', '2026-01-01', '2026-02-01', '2026-01-20' FROM generate_series(1, 20000)`);
    await due('ombudsman', MONDAY_DATE);
    await stage.watcher.rows('ANALYZE clocks');
    const plan = await stage.watcher.rows<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT count(*) FROM clocks k WHERE k.met_on IS NULL AND k.stopped_on IS NULL AND k.due_on <= '2030-06-20'`,
    );
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('ix_clocks_running');
  });
});

describe('what is past its date', () => {
  it('is listed for the agency’s leads, page by page and the oldest first, and no other agency’s', async () => {
    const ids: string[] = [];
    for (let days = 60; days > 0; days--) ids.push(await due('ombudsman', plusDays(MONDAY_DATE, -days)));
    await due('ombudsman', MONDAY_DATE);
    await due('hdc', plusDays(MONDAY_DATE, -1));
    const lead = leadOf('ombudsman');
    const page = (after?: string) =>
      worker.database.asActor(lead, (manager) => overdueCases(manager, lead, after, MONDAY));
    const first = await page();
    expect(first.map(({ id }) => id)).toEqual(ids.slice(0, 51));
    expect((await page(first[49]?.id)).map(({ id }) => id)).toEqual(ids.slice(50));
    expect(first[0]).toMatchObject({ dueOn: plusDays(MONDAY_DATE, -60), heldBy: null });
  });

  it('is the system lead’s business after ten more working days, as a number', async () => {
    const last = longOverdueSince(MONDAY_DATE);
    for (const dueOn of [last, plusDays(last, -5), plusDays(last, 1)]) await due('ombudsman', dueOn);
    await due('hdc', plusDays(last, 1));
    expect(await worker.database.asActor(leadOf('triage'), (manager) => overdueLong(manager, MONDAY))).toEqual([
      { agencyId: 'ombudsman', count: 2, oldestDueOn: plusDays(last, -5) },
    ]);
  });

  it('is long past it from the day after those working days, and not a day earlier', () => {
    const days = fc.integer({ min: 0, max: 9_000 }).map((n) => plusDays('2023-01-01', n));
    fc.assert(
      fc.property(days, (today) => {
        const since = longOverdueSince(today);
        expect(addWorkingDays('legislation', since, LONG_OVERDUE) < today).toBe(true);
        expect(addWorkingDays('legislation', plusDays(since, 1), LONG_OVERDUE) < today).toBe(false);
        expect(isWorkingDay('legislation', addWorkingDays('legislation', since, LONG_OVERDUE))).toBe(true);
      }),
    );
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompactEncrypt } from 'jose';
import { loadServiceKeys, type ServiceKeys } from '../../config/service-keys.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { startMailServer, type MailServer } from '../support/smtp.js';
import { onBothBackends, Stage } from './stage.js';
import { lodge } from './worker.js';

/** Before its effects; between two of them; after all of them; and after their commit, which the queue never hears of. */
const POINTS = ['before', 'between', 'after', 'committed'];

onBothBackends('a worker that is killed with its jobs in hand', ({ redis }) => {
  let stage: Stage;
  let mail: MailServer;
  let home: string;
  let keys: ServiceKeys;

  beforeAll(async () => {
    stage = await Stage.set({ redis });
    home = await mkdtemp(join(tmpdir(), 'onedoor-doomed-'));
    keys = await loadServiceKeys(join(home, 'keys'), { createIfMissing: true });
    for (const id of ['ombudsman', 'hdc', 'psc', 'msd']) await stage.watcher.agency(id, `inbox@${id}.test`);
  }, 60_000);
  beforeEach(async () => {
    mail = await startMailServer();
  });
  afterEach(async () => {
    await stage.clear();
    await mail.stop();
  }, 30_000);
  afterAll(async () => {
    await stage.end();
    await rm(home, { recursive: true, force: true });
  });

  /** Starts a worker that holds a job at each of the points, and kills it there. */
  async function killAt(queue: string, name: string, between: string, points: readonly string[]): Promise<void> {
    const doomed = stage.doom({
      CARRY_HOME: home,
      CARRY_SMTP_URL: mail.url,
      CARRY_HOLD: JSON.stringify({ queue, name, between, points }),
    });
    await doomed.killHolding(points.length);
  }

  /** Kills a worker that holds a job at each point, and has another finish what is left. */
  async function killAndFinish(queue: string, name: string, between: string): Promise<void> {
    await killAt(queue, name, between, POINTS);
    // What was committed is gone, and nothing else.
    expect(await stage.watcher.count('outbox', 'name = $1 AND due_at <= now()', [name])).toBe(POINTS.length - 1);
    await stage.work({ home, keys, smtpUrl: mail.url });
    await stage.done();
  }

  const put = async (queue: string, name: string, caseId: string | null = null): Promise<string> => {
    const id = randomUUID();
    await stage.watcher.rows(`INSERT INTO outbox (id, queue, name, case_id) VALUES ($1, $2, $3, $4)`, [
      id,
      queue,
      name,
      caseId,
    ]);
    return id;
  };
  const four = <T>(make: (n: number) => Promise<T>) => Promise.all(POINTS.map((_, n) => make(n)));
  const sentTo = () => mail.mails.map(({ parsed, recipients }) => `${parsed.messageId ?? ''} ${recipients.join()}`);
  /** Each was told; where the worker died between the mail and its note, twice under one Message-ID. */
  function expectTold(times: number, twice: number): void {
    expect(new Set(sentTo()).size).toBe(times);
    expect(sentTo()).toHaveLength(times + twice);
  }

  it('places each case once', async () => {
    const ids = await four(() => lodge(stage.watcher, 'ombudsman'));
    await killAndFinish('routing', 'place_case', 'INSERT INTO "clocks"');
    for (const [table, where] of [
      ['cases', `id = ANY ($1) AND status = 'placed'`],
      ['case_events', `case_id = ANY ($1) AND kind = 'placed'`],
      ['clocks', 'case_id = ANY ($1)'],
      ['audit_entries', `case_id = ANY ($1) AND action = 'case.placed'`],
      ['notices', `case_id = ANY ($1) AND state = 'sent'`],
    ] as const) {
      expect([table, await stage.watcher.count(table, where, [ids])]).toEqual([table, 4]);
    }
    expectTold(4, 0);
  }, 60_000);

  it('tells each agency', async () => {
    const ids = await four(() => lodge(stage.watcher, 'ombudsman'));
    await stage.watcher.rows('TRUNCATE outbox');
    for (const id of ids) await put('delivery', 'tell_agency', id);
    await killAndFinish('delivery', 'tell_agency', 'mail');
    expect(await stage.watcher.count('notices', `case_id = ANY ($1) AND state = 'sent'`, [ids])).toBe(4);
    // Mail cannot be taken back: where it was out before the end, it goes again.
    expectTold(4, 2);
  }, 60_000);

  it('tells each person', async () => {
    const ids = await four(async (n) => {
      const id = await lodge(stage.watcher, 'ombudsman');
      const sealed = await new CompactEncrypt(new TextEncoder().encode(`me${n.toString()}@home.test`))
        .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid: keys.sealing.kid })
        .encrypt(keys.sealing.publicKey);
      await stage.watcher.rows(
        `INSERT INTO mailboxes (case_id, id_hash, agreement_jwk, signing_jwk, sealed_private, notify_sealed)
         VALUES ($1, uuid_send($1), '{}', '{}', '', $2)`,
        [id, sealed],
      );
      return id;
    });
    await stage.watcher.rows('TRUNCATE outbox');
    for (const id of ids) await put('delivery', 'tell_person', id);
    await killAndFinish('delivery', 'tell_person', 'mail');
    expect(await stage.watcher.count('notices', `case_id = ANY ($1) AND state = 'sent'`, [ids])).toBe(4);
    expectTold(4, 2);
  }, 60_000);

  it('sends each digest', async () => {
    for (const agency of ['ombudsman', 'hdc', 'psc', 'msd']) {
      const id = await put('delivery', 'digest');
      await stage.watcher.rows(
        `INSERT INTO notices (id, agency_id, to_whom, state) VALUES ($1, $2, 'agency', 'waiting')`,
        [id, agency],
      );
    }
    await killAndFinish('delivery', 'digest', 'mail');
    expect(await stage.watcher.count('notices', `state = 'sent'`)).toBe(4);
    expectTold(4, 2);
  }, 60_000);

  it('sends each reminder', async () => {
    for (const agency of ['ombudsman', 'hdc', 'psc', 'msd']) {
      const id = await put('delivery', 'remind_agency');
      await stage.watcher.rows(
        `INSERT INTO reminders (id, agency_id, day, due_soon, overdue) VALUES ($1, $2, $3, 1, 0)`,
        [id, agency, todayInAuckland()],
      );
    }
    await killAndFinish('delivery', 'remind_agency', 'mail');
    expect(await stage.watcher.count('notices', `state = 'sent'`)).toBe(4);
    expectTold(4, 2);
  }, 60_000);

  // What these do is all in the database, so that one backend says what there is to say.
  if (redis) return;

  it('promises one digest a day to each agency', async () => {
    await put('delivery', 'digests');
    for (const point of POINTS) await killAt('delivery', 'digests', 'INSERT INTO notices', [point]);
    await put('delivery', 'digests');
    await stage.work({ home, keys, smtpUrl: mail.url });
    await stage.done();
    expect(await stage.watcher.count('notices', `state = 'sent'`)).toBe(4);
    expectTold(4, 0);
    expect(await stage.watcher.count('outbox', `name = 'digests' AND due_at > now()`)).toBe(1);
  }, 90_000);

  it('reminds each agency once a day', async () => {
    for (const agency of ['ombudsman', 'hdc']) {
      const id = await lodge(stage.watcher, agency);
      await stage.watcher.rows(
        `INSERT INTO clocks (case_id, kind, basis, started_on, due_on) VALUES ($1, 'answer', 'our_aim', $2, $2)`,
        [id, todayInAuckland()],
      );
    }
    await stage.watcher.rows('TRUNCATE outbox');
    await put('clocks', 'reminders');
    for (const point of POINTS) await killAt('clocks', 'reminders', 'INSERT INTO reminders', [point]);
    await put('clocks', 'reminders');
    await stage.work({ home, keys, smtpUrl: mail.url });
    await stage.done();
    expect(await stage.watcher.count('reminders')).toBe(2);
    expect(await stage.watcher.count('notices', `state = 'sent'`)).toBe(2);
    expectTold(2, 0);
    expect(await stage.watcher.count('outbox', `name = 'reminders' AND due_at > now()`)).toBe(1);
  }, 90_000);
});

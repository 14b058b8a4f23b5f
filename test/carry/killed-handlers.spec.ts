import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompactEncrypt } from 'jose';
import type { ServiceKeys } from '../../config/service-keys.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import type { QueueName } from '../../src/queue/outbox.entity.js';
import { startMailServer, type MailServer } from '../support/smtp.js';
import { onBothBackends, Stage, type Hold, type Point } from './stage.js';
import { lodge } from './worker.js';
import { makeServiceKeys } from '../support/service-keys.js';

const AGENCIES = ['ombudsman', 'hdc', 'psc', 'msd'];
const POINTS: readonly Point[] = ['before', 'between', 'after', 'committed'];
const KINDS: readonly Hold[] = [
  { queue: 'delivery', name: 'tell_person', between: 'mail', points: POINTS },
  { queue: 'delivery', name: 'digest', between: 'mail', points: POINTS },
  { queue: 'delivery', name: 'remind_agency', between: 'mail', points: POINTS },
  // The last is promised by the case whose placing is committed.
  { queue: 'delivery', name: 'tell_agency', between: 'mail', points: [...POINTS, 'before'] },
  { queue: 'routing', name: 'place_case', between: 'INSERT INTO clocks', points: POINTS },
];

onBothBackends('a worker that is killed with its jobs in hand', ({ redis }) => {
  let stage: Stage;
  let mail: MailServer;
  let home: string;
  let keys: ServiceKeys;

  beforeAll(async () => {
    stage = await Stage.set({ redis });
    mail = await startMailServer();
    home = await mkdtemp(join(tmpdir(), 'onedoor-doomed-'));
    keys = await makeServiceKeys(join(home, 'keys'));
    for (const id of AGENCIES) await stage.watcher.agency(id, `inbox@${id}.test`);
  });
  afterAll(async () => {
    await stage.clear();
    await stage.end();
    await mail.stop();
    await rm(home, { recursive: true, force: true });
  });

  const doom = (holds: readonly Hold[]) => stage.doom(holds, { CARRY_HOME: home, CARRY_SMTP_URL: mail.url });
  async function finish(): Promise<void> {
    await stage.work({ home, keys, smtpUrl: mail.url });
    await stage.done();
  }
  async function put(queue: QueueName, name: string, caseId: string | null = null): Promise<string> {
    const id = randomUUID();
    await stage.watcher.rows(`INSERT INTO outbox (id, queue, name, case_id) VALUES ($1, $2, $3, $4)`, [
      id,
      queue,
      name,
      caseId,
    ]);
    return id;
  }
  const sent = (ids: readonly string[]) => stage.watcher.count('notices', `id = ANY ($1) AND state = 'sent'`, [ids]);
  /** Each of these notices was told; where the worker died between the mail and its note, twice under one Message-ID. */
  async function expectTold(ids: readonly string[], times: number, twice: number): Promise<void> {
    expect(await sent(ids)).toBe(times);
    const of = mail.mails
      .filter(({ parsed }) => ids.some((id) => parsed.messageId?.startsWith(`<${id}@`)))
      .map(({ parsed, recipients }) => `${parsed.messageId ?? ''} ${recipients.join()}`);
    expect(new Set(of).size).toBe(times);
    expect(of).toHaveLength(times + twice);
  }

  describe('of each kind one before its effects, one between two, one after all, and one after its commit', () => {
    const jobs = new Map<string, string[]>();
    const left = new Map<string, number>();
    let cases: string[];

    const four = <T>(make: (n: number) => Promise<T>) => Promise.all(POINTS.map((_, n) => make(n)));
    /** A case that nothing is promised about. */
    async function quietCase(): Promise<string> {
      const id = await lodge(stage.watcher, 'ombudsman');
      await stage.watcher.rows('DELETE FROM outbox WHERE case_id = $1', [id]);
      return id;
    }
    async function addPerson(caseId: string, address: string): Promise<void> {
      const notifySealed = await new CompactEncrypt(new TextEncoder().encode(address))
        .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid: keys.sealing.kid })
        .encrypt(keys.sealing.publicKey);
      await stage.watcher.rows(
        `INSERT INTO mailboxes (case_id, id_hash, agreement_jwk, signing_jwk, sealed_private, notify_sealed)
         VALUES ($1, uuid_send($1), '{}', '{}', '', $2)`,
        [caseId, notifySealed],
      );
    }
    const forEachAgency = (name: string, insert: string, more: readonly unknown[] = []) =>
      four(async (n) => {
        const id = await put('delivery', name);
        await stage.watcher.rows(insert, [id, AGENCIES[n], ...more]);
        return id;
      });

    beforeAll(async () => {
      jobs.set('tell_agency', await four(async () => put('delivery', 'tell_agency', await quietCase())));
      const people = await four(async (n) => {
        const id = await quietCase();
        await addPerson(id, `me${n.toString()}@home.test`);
        return put('delivery', 'tell_person', id);
      });
      jobs.set('tell_person', people);
      const waiting = `INSERT INTO notices (id, agency_id, to_whom, state) VALUES ($1, $2, 'agency', 'waiting')`;
      jobs.set('digest', await forEachAgency('digest', waiting));
      const due = `INSERT INTO reminders (id, agency_id, day, due_soon, overdue) VALUES ($1, $2, $3, 1, 0)`;
      jobs.set('remind_agency', await forEachAgency('remind_agency', due, [todayInAuckland()]));

      const doomed = doom(KINDS);
      const begun = [...jobs.values()].flat().length;
      await doomed.holds(begun);
      cases = await four(() => lodge(stage.watcher, 'ombudsman'));
      await doomed.holds(begun + POINTS.length + 1);
      await doomed.kill();
      for (const { name } of KINDS) {
        left.set(name, await stage.watcher.count('outbox', 'name = $1 AND due_at <= now()', [name]));
      }
      await finish();
      const notices = await stage.watcher.rows<{ id: string }>('SELECT id FROM notices WHERE case_id = ANY ($1)', [
        cases,
      ]);
      jobs.set(
        'place_case',
        notices.map(({ id }) => id),
      );
    });
    afterAll(() => stage.clear());

    it.each(KINDS)('leaves of $name what was not committed, and nothing else', ({ name, points }) => {
      expect(left.get(name)).toBe(points.length - 1);
    });

    it('places each case once', async () => {
      for (const [table, where] of [
        ['cases', `id = ANY ($1) AND status = 'placed'`],
        ['case_events', `case_id = ANY ($1) AND kind = 'placed'`],
        ['clocks', 'case_id = ANY ($1)'],
        ['audit_entries', `case_id = ANY ($1) AND action = 'case.placed'`],
        ['notices', `case_id = ANY ($1) AND state = 'sent'`],
      ] as const) {
        expect([table, await stage.watcher.count(table, where, [cases])]).toEqual([table, 4]);
      }
      await expectTold(jobs.get('place_case') ?? [], 4, 0);
    });

    // Mail cannot be taken back: where it was out before the end, it goes again.
    it.each([
      ['tells each agency', 'tell_agency'],
      ['tells each person', 'tell_person'],
      ['sends each digest', 'digest'],
      ['sends each reminder', 'remind_agency'],
    ])('%s', async (_, name) => {
      await expectTold(jobs.get(name) ?? [], 4, 2);
    });

    it('sends nothing else', async () => {
      expect(await stage.watcher.count('notices')).toBe(5 * 4);
      expect(mail.mails).toHaveLength(5 * 4 + 4 * 2);
    });
  });

  // What these do is all in the database, so that one backend says what there is to say.
  if (redis) return;

  it('promises one digest a day to each agency, reminds it once a day, and closes a day once, wherever it dies', async () => {
    const mailsBefore = mail.mails.length;
    for (const agency of ['ombudsman', 'hdc']) {
      const id = await lodge(stage.watcher, agency);
      await stage.watcher.rows(
        `INSERT INTO clocks (case_id, kind, basis, started_on, due_on) VALUES ($1, 'answer', 'our_aim', $2, $2)`,
        [id, todayInAuckland()],
      );
    }
    await stage.watcher.rows('TRUNCATE outbox');
    await stage.watcher.rows(
      `INSERT INTO lodged_commitments SELECT sha256(n::text::bytea), current_date - 3 FROM generate_series(1, 3) AS n`,
    );
    const putBoth = async (): Promise<void> => {
      await put('delivery', 'digests');
      await put('clocks', 'reminders');
      await put('clocks', 'close_lodged_days');
    };
    await putBoth();
    for (const point of POINTS) {
      const doomed = doom([
        { queue: 'delivery', name: 'digests', between: 'INSERT INTO notices', points: [point] },
        { queue: 'clocks', name: 'reminders', between: 'INSERT INTO reminders', points: [point] },
        { queue: 'clocks', name: 'close_lodged_days', between: 'INSERT INTO lodged_days', points: [point] },
        // What is promised by what is committed is left for others, so that no mail is under way when it dies.
        { queue: 'delivery', name: 'digest', points: AGENCIES.map(() => 'before') },
        { queue: 'delivery', name: 'remind_agency', points: AGENCIES.map(() => 'before') },
      ]);
      await doomed.says(`digests ${point}`, `reminders ${point}`, `close_lodged_days ${point}`);
      await doomed.kill();
    }
    await putBoth();
    await finish();
    const idsOf = async (where: string): Promise<string[]> =>
      (await stage.watcher.rows<{ id: string }>(`SELECT id FROM notices WHERE id ${where}`)).map(({ id }) => id);
    expect(await stage.watcher.count('reminders')).toBe(2);
    await expectTold(await idsOf('IN (SELECT id FROM reminders)'), 2, 0);
    await expectTold(await idsOf('NOT IN (SELECT id FROM reminders)'), 4, 0);
    expect(mail.mails.length - mailsBefore).toBe(6);
    // Three commitments of three days ago, and every day since, each once.
    const real = await stage.watcher.rows<{ day: string; leaves: number; real: number }>(
      `SELECT count(*)::int AS leaves,
              count(*) FILTER (WHERE commitment IN (SELECT sha256(n::text::bytea) FROM generate_series(1, 3) AS n))::int AS real
         FROM lodged_leaves GROUP BY day ORDER BY day`,
    );
    expect(real.slice(0, 2)).toEqual([
      { leaves: 256, real: 3 },
      { leaves: 256, real: 0 },
    ]);
    expect(await stage.watcher.count('lodged_commitments')).toBe(0);
    for (const name of ['digests', 'reminders', 'close_lodged_days']) {
      expect(await stage.watcher.count('outbox', 'name = $1 AND due_at > now()', [name])).toBe(1);
    }
  });
});

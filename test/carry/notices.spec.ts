import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompactEncrypt } from 'jose';
import { simpleParser } from 'mailparser';
import type { ServiceKeys } from '../../config/service-keys.js';
import { loadSettings } from '../../config/settings.js';
import { Mailer } from '../../src/delivery/mailer.js';
import { planDigests, sendDigests } from '../../src/delivery/send-digests.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { startMailServer, type MailServer } from '../support/smtp.js';
import { until } from '../support/until.js';
import { lodge, openWorker, Watcher, type TestWorker } from './worker.js';
import { makeServiceKeys } from '../support/service-keys.js';

const SYSTEM = { kind: 'system', name: 'test' } as const;

describe('notices', () => {
  let database: TestDatabase;
  let watcher: Watcher;
  let home: string;
  let keys: ServiceKeys;
  let mail: MailServer;
  let worker: TestWorker;

  beforeAll(async () => {
    database = await freshDatabase();
    watcher = new Watcher(database.ownerUrl);
    home = await mkdtemp(join(tmpdir(), 'onedoor-notices-'));
    keys = await makeServiceKeys(join(home, 'keys'));
    await watcher.agency('ombudsman', 'inbox@ombudsman.test');
    await watcher.agency('psc', 'inbox@psc.test');
    await watcher.agency('hdc', 'inbox@hdc.test');
    await watcher.agency('ipca', null);
    await watcher.rows(`UPDATE agencies SET open_for_intake = false WHERE id = 'psc'`);
  });

  beforeEach(async () => {
    mail = await startMailServer();
    worker = await openWorker({ databaseUrl: database.applicationUrl, smtpUrl: mail.url, home, keys });
  });

  afterEach(async () => {
    await worker.stop();
    await mail.stop();
    await watcher.rows('TRUNCATE outbox, notices');
  });

  afterAll(async () => {
    await watcher.close();
    await database.drop();
    await rm(home, { recursive: true, force: true });
  });

  const pending = () => watcher.count('outbox', `name NOT IN ('digests', 'reminders')`);

  it('go every morning to each agency that has an address, its door open or not, whether or not anything came', async () => {
    await worker.database.asActor(SYSTEM, (manager) => sendDigests(manager));
    await worker.runner.start();
    await until('they are sent', async () => (await pending()) === 0);
    expect(mail.mails.map(({ recipients }) => recipients[0]).sort()).toEqual([
      'inbox@hdc.test',
      'inbox@ombudsman.test',
      'inbox@psc.test',
    ]);
    expect(await watcher.rows(`SELECT case_id, agency_id, state FROM notices ORDER BY agency_id`)).toEqual(
      ['hdc', 'ombudsman', 'psc'].map((agency_id) => ({ case_id: null, agency_id, state: 'sent' })),
    );
  });

  it('are promised for the next morning once, however many workers start', async () => {
    await Promise.all(
      Array.from({ length: 5 }, () => worker.database.asActor(SYSTEM, (manager) => planDigests(manager))),
    );
    await worker.runner.start();
    expect(await watcher.count('outbox', `name = 'digests' AND due_at > now()`)).toBe(1);
    // What is not due stays where it is.
    const id = await lodge(watcher, 'ombudsman');
    await until('later work is done', async () => (await watcher.count('notices', 'case_id = $1', [id])) === 1);
    expect(await watcher.count('outbox', `name = 'digests' AND relayed_at IS NULL`)).toBe(1);
  });

  it('of yesterday, sent late, promise tomorrow', async () => {
    const yesterday = new Date(Date.now() - 86_400_000);
    await worker.database.asActor(SYSTEM, (manager) => planDigests(manager, yesterday));
    await watcher.rows(`UPDATE outbox SET due_at = now() - interval '1 hour'`);
    await worker.runner.start();
    await until('the digests are sent', () => mail.mails.length === 3);
    await until(
      'tomorrow stands alone',
      async () =>
        (await pending()) === 0 &&
        (await watcher.count('outbox', `name = 'digests'`)) === 1 &&
        (await watcher.count('outbox', 'due_at <= now()')) === 0,
    );
  });

  it('of tomorrow are promised also where those of today are given up', async () => {
    const yesterday = new Date(Date.now() - 86_400_000);
    await worker.runner.start();
    await watcher.rows('TRUNCATE outbox');
    await watcher.rows('ALTER TABLE agencies RENAME COLUMN notice_email TO mislaid');
    try {
      await worker.database.asActor(SYSTEM, (manager) => planDigests(manager, yesterday));
      await watcher.rows(`UPDATE outbox SET due_at = now() - interval '1 hour'`);
      await until(
        'they are given up',
        async () => (await watcher.count('outbox', `name = 'digests' AND dead_at IS NOT NULL`)) === 1,
      );
    } finally {
      await watcher.rows('ALTER TABLE agencies RENAME COLUMN mislaid TO notice_email');
    }
    expect(await watcher.count('outbox', `name = 'digests' AND dead_at IS NULL AND due_at > now()`)).toBe(1);
  });

  it('hold nothing of the case: the mail is the same for everyone', async () => {
    const ids = [await lodge(watcher, 'ombudsman'), await lodge(watcher, 'hdc')];
    await watcher.rows(
      `UPDATE cases SET facets = '{"matter": "tawhirimatea"}', rules = '{tawhirimatea}' WHERE id = ANY ($1)`,
      [ids],
    );
    const cases = await watcher.rows<{ id: string; reference: string }>(
      `SELECT id, reference FROM cases WHERE id = ANY ($1)`,
      [ids],
    );
    await worker.runner.start();
    await until('both are told', () => mail.mails.length === 2);
    const [one, other] = mail.mails;
    expect(one?.parsed.text).toBe(other?.parsed.text);
    expect(one?.parsed.subject).toBe('A complaint is waiting for you');
    for (const { raw } of mail.mails) {
      for (const { id, reference } of cases) {
        expect(raw).not.toContain(id);
        expect(raw).not.toContain(reference);
      }
      expect(raw).not.toContain('tawhirimatea');
    }
  });

  it('tell the person that a message waits, to the address they left and nobody else', async () => {
    const told = await lodge(watcher, 'ombudsman');
    const removed = await lodge(watcher, 'ombudsman');
    const broken = await lodge(watcher, 'ombudsman');
    const twoReaders = await lodge(watcher, 'ombudsman');
    await mailbox(told, await seal('me@home.test'));
    await mailbox(removed, null);
    await mailbox(broken, 'a.b.c.d.e');
    await mailbox(twoReaders, await seal('me@home.test, them@agency.test'));
    await watcher.rows('TRUNCATE outbox');
    for (const id of [told, removed, broken, twoReaders]) {
      await watcher.rows(`INSERT INTO outbox (id, queue, name, case_id) VALUES ($1, 'delivery', 'tell_person', $2)`, [
        randomUUID(),
        id,
      ]);
    }
    await worker.runner.start();
    await until(
      'all are settled',
      async () => (await watcher.count('outbox', `name = 'tell_person' AND dead_at IS NULL`)) === 0,
    );
    expect(mail.mails.map(({ recipients }) => recipients)).toEqual([['me@home.test']]);
    expect(mail.mails[0]?.parsed.subject).toContain('You have a message');
    expect(mail.mails[0]?.raw).not.toContain(told);
    expect(
      await watcher.rows(`SELECT case_id, error_code FROM outbox WHERE dead_at IS NOT NULL ORDER BY error_code`),
    ).toEqual([
      { case_id: broken, error_code: 'address_sealed' },
      { case_id: twoReaders, error_code: 'address_unusable' },
    ]);
    expect(await watcher.rows(`SELECT case_id, to_whom FROM notices WHERE state = 'sent'`)).toEqual([
      { case_id: told, to_whom: 'person' },
    ]);
    const everything = `${await watcher.everything()}\n${worker.logged.join('\n')}`;
    expect(everything).not.toContain('home.test');
  });

  it('are known by the same Message-ID when they are sent again', async () => {
    const mailer = new Mailer(loadSettings({ SMTP_URL: mail.url, ONEDOOR_HOME: home }));
    const message = { id: randomUUID(), to: 'inbox@ombudsman.test', subject: 'A', text: 'B' };
    await mailer.send(message);
    await mailer.send(message);
    expect(mail.mails.map(({ parsed }) => parsed.messageId)).toEqual(
      Array(2).fill(`<${message.id}@onedoor.localhost>`),
    );
    expect(mail.mails[0]?.parsed.headers.get('auto-submitted')).toBe('auto-generated');
  });

  it('are written to a file, whole, where no mail server is set', async () => {
    const mailer = new Mailer(loadSettings({ ONEDOOR_HOME: home }));
    const message = { id: randomUUID(), to: 'inbox@ombudsman.test', subject: 'Kōrero', text: 'B' };
    await Promise.all([mailer.send(message), mailer.send(message)]);
    expect(await readdir(join(home, 'mail'))).toEqual([`${message.id}.eml`]);
    const parsed = await simpleParser(await readFile(join(home, 'mail', `${message.id}.eml`)));
    expect(parsed.subject).toBe('Kōrero');
  });

  it.each([
    [450, { code: 'smtp_deferred', permanent: false }],
    [550, { code: 'smtp_refused', permanent: true }],
  ])('answered with %i carry a code and not what the server said', async (code, expected) => {
    const server = await startMailServer({ reply: () => code });
    const mailer = new Mailer(loadSettings({ SMTP_URL: server.url, ONEDOOR_HOME: home }));
    const failure: unknown = await mailer
      .send({ id: randomUUID(), to: 'someone@secret.test', subject: 'A', text: 'B' })
      .catch((error: unknown) => error);
    await server.stop();
    expect(failure).toMatchObject(expected);
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('secret');
  });

  async function mailbox(caseId: string, notifySealed: string | null): Promise<void> {
    await watcher.rows(
      `INSERT INTO mailboxes (case_id, id_hash, agreement_jwk, signing_jwk, sealed_private, notify_sealed)
       VALUES ($1, uuid_send($1), '{}', '{}', '', $2)`,
      [caseId, notifySealed],
    );
  }

  function seal(address: string): Promise<string> {
    return new CompactEncrypt(new TextEncoder().encode(address))
      .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid: keys.sealing.kid })
      .encrypt(keys.sealing.publicKey);
  }
});

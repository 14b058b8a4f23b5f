import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { openKeys, readItem, type DeskKeys } from '../../src/cases/open-words.js';
import { sealNote, sealReply } from '../../src/cases/seal-words.js';
import type { SealedCase } from '../../src/cases/sealed-case.js';
import { sealSubmission, type Sealing } from '../../src/intake/browser/seal-submission.js';
import type { SealedName } from '../../src/disclosures/identity/sealed-name.js';
import type { MailboxSide } from '../../src/mailbox/mailbox-side.js';
import { openSide } from '../../src/mailbox/open-side.js';
import { sealMessage } from '../../src/mailbox/seal-message.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { totpCode } from '../../src/staff/totp.js';
import { openAgencyKey } from '../../src/vault/agency-keys.js';
import { importPrivateKey, type HeldKey } from '../../src/vault/keys.js';
import { stretchPassphrase } from '../../src/vault/passphrase.js';
import { openReceipt } from '../../src/vault/receipt.js';
import { findRedisServer, startRedis } from '../support/redis.js';
import { startMailServer, type MailServer } from '../support/smtp.js';
import { dumpDatabase, filesOnDisk, type Haystack, search, walPosition } from './haystack.js';
import { COMPLAINT, DISCLOSURE, makeIdempotencyKey } from './lodgings.js';
import { freePort, ServerProcess } from './processes.js';
import { type Scene, setScene } from './scene.js';
import { until } from '../support/until.js';
import { Visitor } from './visitor.js';
import { provoke, type Provoked } from './wrong-places.js';

const redisServer = findRedisServer();

/** Marks whatever a person writes; lower case, so that nothing that folds cases changes it. */
const word = `sentinel${randomBytes(8).toString('hex')}`;
/** Marks their address, which is also where mail goes, and so may stand in one place more. */
const addressWord = `letterbox${randomBytes(8).toString('hex')}`;
const WORDS = {
  whatHappened: `${word} happened`,
  outcomeSought: `${word} sought`,
  who: `${word} who`,
  when: `${word} when`,
  where: `${word} where`,
  identity: `${word} name`,
};

/** From where people come, as the proxy before the server says, and with what: neither is anybody's to know afterwards. */
const from = randomBytes(12);
const ADDRESS = `2001:db8:${(from.toString('hex').match(/.{4}/g) ?? []).join(':')}`;
const DEVICE = `Mozilla/5.0 (device${randomBytes(8).toString('hex')})`;
const MARKS = { 'x-forwarded-for': ADDRESS, 'user-agent': DEVICE };

let scene: Scene;
let owner: Client;

beforeAll(async () => {
  scene = await setScene(['msd', 'ipca', 'triage']);
  owner = new Client({ connectionString: scene.database.ownerUrl });
  await owner.connect();
});
afterEach(async () => {
  globalThis.onedoorKeyPins = undefined;
  await ServerProcess.endAll();
});
afterAll(async () => {
  await owner.end();
  await scene.end();
});

interface Lodged {
  readonly reference: string;
  readonly receipt: string;
}

/** Everybody who takes part, through the doors that they really use, and what they know that nobody else may. */
class Story {
  readonly secrets = new Map<string, string | Buffer>([
    ['a word', word],
    ['the address of a person', ADDRESS],
    ['the bytes of the address of a person', from],
    ['the device of a person', DEVICE],
  ]);

  constructor(
    private readonly publicOrigin: string,
    private readonly staffOrigin: string,
  ) {}

  async #call<T>(path: string, body?: object, headers: Record<string, string> = {}): Promise<T> {
    const response = await fetch(this.publicOrigin + path, {
      headers: { 'content-type': 'application/json', ...MARKS, ...headers },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} was answered with ${response.status.toString()}: ${text}`);
    return JSON.parse(text) as T;
  }

  #lodge(name: string, body: object, idempotencyKey = makeIdempotencyKey()): Promise<Lodged> {
    this.secrets.set(`the idempotency key of ${name}`, idempotencyKey);
    return this.#call<Lodged>('/api/v1/submissions', body, { 'idempotency-key': idempotencyKey });
  }

  async #keep(name: string, lodged: Lodged): Promise<Lodged> {
    const { mailboxId, mailboxKey } = await openReceipt(lodged.receipt);
    const words = lodged.receipt.split(' ');
    for (const between of [' ', '', '-', ',', '\n', '","']) {
      this.secrets.set(`the receipt of ${name} joined by ${JSON.stringify(between)}`, words.join(between));
    }
    this.secrets.set(`the mailbox id of ${name}`, mailboxId);
    this.secrets.set(`the bytes of the mailbox id of ${name}`, Buffer.from(mailboxId, 'base64url'));
    this.secrets.set(`the mailbox key of ${name}`, Buffer.from(mailboxKey));
    return lodged;
  }

  /** Sealed on arrival, by the API. */
  async lodgeByApi(): Promise<Lodged> {
    const body = { facets: COMPLAINT, statement: WORDS, notify: `${addressWord}-api@person.test` };
    return this.#keep('the API', await this.#lodge('the API', body));
  }

  /** A disclosure, whose facets are words too. */
  async discloseByApi(): Promise<Lodged> {
    const body = { facets: DISCLOSURE, statement: WORDS, notify: `${addressWord}-disclosure@person.test` };
    return this.#keep('the disclosure', await this.#lodge('the disclosure', body));
  }

  /** From the door to the page where one writes. */
  async #walk(): Promise<{ visitor: Visitor; page: string }> {
    const visitor = new Visitor(this.publicOrigin, MARKS);
    await visitor.get('/start');
    await visitor.submit('/start', { danger: 'none' });
    await visitor.submit('/start/classified', { danger: 'none', classified: 'no' });
    for (const question of ['relationship', 'about', 'topic', 'stage', 'when', 'head_implicated', 'child']) {
      await visitor.submit(`/questions/${question}`, { answer: COMPLAINT[question] ?? '' });
    }
    return { visitor, page: await visitor.submit('/decision', { way: 'send' }) };
  }

  /** Sealed in the browser, by the script of the page. */
  async lodgeByScript(): Promise<Lodged> {
    const { page } = await this.#walk();
    await this.#pinKeys();
    const sealing = JSON.parse(unescaped(/id="sealing" data-json="([^"]+)"/.exec(page)?.[1])) as Sealing;
    const sealed = await sealSubmission(sealing, { ...WORDS, notify: `${addressWord}-script@person.test` });
    const { reference } = await this.#lodge('the script', JSON.parse(sealed.body) as object, sealed.idempotencyKey);
    return this.#keep('the script', { reference, receipt: sealed.receipt });
  }

  /** The keys by which the log of keys is believed, as the script before the page's own brings them. */
  async #pinKeys(): Promise<void> {
    const script = await (await fetch(`${this.publicOrigin}/assets/key-pins.js`, { headers: MARKS })).text();
    const text = JSON.parse(/JSON\.parse\(("[^)]*")\)/.exec(script)?.[1] ?? '') as string;
    globalThis.onedoorKeyPins = JSON.parse(text) as typeof globalThis.onedoorKeyPins;
  }

  /** Sealed on arrival, by the pages; once with a mistake, so that the page gives everything back. */
  async lodgeByPages(): Promise<Lodged> {
    const { visitor, page } = await this.#walk();
    const idempotencyKey = /name="idempotencyKey" value="([^"]+)"/.exec(page)?.[1] ?? '';
    this.secrets.set('the idempotency key of the page', idempotencyKey);
    const fields = { ...WORDS, idempotencyKey, notify: `${addressWord}-page@person.test` };
    await expect(visitor.submit('/write', { ...fields, notify: `${addressWord} no address` })).rejects.toThrow('422');
    const done = await visitor.submit('/write', fields);
    for (const [name, value] of visitor.cookies) this.secrets.set(`the cookie ${name} of the journey`, value);
    return this.#keep('the pages', {
      reference: /data-slot="reference">([^<]+)</.exec(done)?.[1] ?? '',
      receipt: /data-slot="receipt"[^>]*>([^<]+)</.exec(done)?.[1] ?? '',
    });
  }

  /** A message by the API, in clear, under the receipt itself. */
  async writeByReceipt({ receipt }: Lodged): Promise<void> {
    const { session } = await this.#call<{ session: string }>('/api/v1/mailbox/sessions', { receipt });
    this.secrets.set('the session of the receipt', session);
    const message = { id: randomUUID(), text: `${word} message in clear` };
    await this.#call('/api/v1/mailbox/messages', message, { authorization: `Bearer ${session}` });
  }

  /** A message as the script of the mailbox seals it. */
  async writeByScript({ receipt }: Lodged): Promise<void> {
    const { mailboxId, mailboxKey } = await openReceipt(receipt);
    const { session } = await this.#call<{ session: string }>('/api/v1/mailbox/sessions', { mailboxId });
    const authorization = `Bearer ${session}`;
    const { sealed } = await this.#call<MailboxSide>('/api/v1/mailbox', undefined, { authorization });
    const item = await sealMessage(await openSide(sealed, mailboxKey), randomUUID(), `${word} message sealed`);
    await this.#call('/api/v1/mailbox/messages', { item }, { authorization });
  }

  /** A message by the pages; the mailbox stays open. */
  async writeByPages({ receipt }: Lodged): Promise<void> {
    const visitor = new Visitor(this.publicOrigin, MARKS);
    await visitor.get('/mailbox');
    const page = await visitor.submit('/mailbox', { receipt });
    expect(page).toContain(WORDS.whatHappened);
    const id = /name="id" value="([^"]+)"/.exec(page)?.[1] ?? '';
    await visitor.submit('/mailbox/case/messages', { id, text: `${word} message by form` });
    for (const [name, value] of visitor.cookies) this.secrets.set(`the cookie ${name} of the mailbox`, value);
  }

  /** Who wrote a disclosure, which is fetched apart from its words. */
  async #nameIn(visitor: Visitor, id: string, keys: DeskKeys): Promise<unknown> {
    const name = JSON.parse(await visitor.get(`/staff/api/cases/${id}/identity`)) as SealedName;
    const opened = await openKeys(name, keys);
    return Promise.all(name.items.map((item) => readItem(id, item, opened)));
  }

  /** An officer acknowledges, replies and notes, as their browser does; returns all that they can read. */
  async answer(officer: EnrolledStaffMember, caseIds: readonly string[]): Promise<string> {
    const visitor = new Visitor(this.staffOrigin);
    await visitor.get('/staff/sign-in');
    const { username, passphrase } = officer;
    const { salt } = JSON.parse(await visitor.post('/staff/api/sign-in/salt', { username })) as { salt: string };
    const { auth, unlock } = await stretchPassphrase({ passphrase, salt });
    await visitor.post('/staff/api/sign-in', { username, auth, code: totpCode(officer.totpSecret) });
    this.secrets.set('the passphrase', passphrase);
    this.secrets.set('what the passphrase signs in with', auth);
    this.secrets.set('what the passphrase unlocks with', Buffer.from(unlock));
    this.secrets.set('the TOTP secret', officer.totpSecret);
    for (const [name, value] of visitor.cookies) this.secrets.set(`the cookie ${name} of staff`, value);

    const keys = await keysOf(officer, visitor);
    const signing = await importPrivateKey(officer.signing.privateJwk, 'signing');
    const read: unknown[] = [];
    for (const id of caseIds) {
      const path = `/staff/api/cases/${id}`;
      const fetched = async (): Promise<SealedCase> => JSON.parse(await visitor.get(path)) as SealedCase;
      const before = await fetched();
      const opened = await openKeys(before, keys);
      const hasSteps = (await visitor.get(`/staff/cases/${id}`)).includes(`/staff/cases/${id}/duties`);
      const step = { id: crypto.randomUUID(), number: 1, receivedOn: todayInAuckland(), orally: false };
      await (hasSteps ? visitor.post(`${path}/duties/acknowledge`, step) : visitor.post(`${path}/acknowledgement`, {}));
      await visitor.post(`${path}/replies`, { item: await sealReply(before, opened, signing, `${word} reply`) });
      await visitor.post(`${path}/notes`, await sealNote(before, opened, signing, `${word} note`));
      const after = await fetched();
      const reopened = await openKeys(after, keys);
      read.push(await Promise.all(after.items.map((item) => readItem(id, item, reopened))));
      if (hasSteps) read.push(await this.#nameIn(visitor, id, keys));
      await visitor.get(`/staff/cases/${id}`);
    }
    await visitor.get('/staff/inbox');
    return JSON.stringify(read);
  }
}

async function keysOf(officer: EnrolledStaffMember, visitor: Visitor): Promise<DeskKeys> {
  const agreement = await importPrivateKey(officer.agreement.privateJwk, 'agreement');
  const agency = new Map<string, HeldKey>();
  const grants = JSON.parse(await visitor.get('/staff/api/keys/grants')) as { kid: string; jwe: string }[];
  for (const { kid, jwe } of grants) {
    const expect = { reader: agreement.kid, sealed: kid };
    agency.set(kid, await openAgencyKey({ jwe, privateKey: agreement.privateKey, expect }));
  }
  return { agreement, agency };
}

async function caseOf({ reference }: Lodged): Promise<string> {
  const { rows } = await owner.query<{ id: string }>('SELECT id FROM cases WHERE reference = $1', [reference]);
  return rows[0]?.id ?? '';
}

const emptied = (): Promise<void> =>
  until('the outbox is empty', async () => {
    const { rows } = await owner.query(
      `SELECT FROM outbox WHERE name NOT IN ('digests', 'reminders', 'close_lodged_days', 'count_oversight')`,
    );
    return rows.length === 0;
  });

function unescaped(attribute = ''): string {
  return attribute
    .replaceAll('&#92;', '\\')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&');
}

/** A mail server that turns each person's address away once, quoting it, as servers do. */
function grumpyMailServer(): Promise<MailServer> {
  const turnedAway = new Set<string>();
  return startMailServer({
    reply: (recipient) => {
      if (!recipient.includes(addressWord) || turnedAway.has(recipient)) return undefined;
      turnedAway.add(recipient);
      return 451;
    },
  });
}

const backends = [
  { backend: 'PostgreSQL', redis: false, test: it },
  {
    backend: `Redis${redisServer === undefined ? ' (skipped: no redis-server found)' : ''}`,
    redis: true,
    test: redisServer === undefined ? it.skip : it,
  },
];

describe('what people write, what only they know, and where they come from', () => {
  for (const [index, { backend, redis, test }] of backends.entries()) {
    test(`is nowhere but where it was sealed for somebody, with the queue in ${backend}`, async () => {
      const since = await walPosition(scene.database.ownerUrl);
      const mail = await grumpyMailServer();
      const queue = redis ? await startRedis(redisServer ?? '') : undefined;
      try {
        const port = await freePort();
        const ports = { web: await freePort(), worker: await freePort() };
        const environment = {
          ...scene.environment(),
          LOG_LEVEL: 'debug',
          TRUSTED_PROXIES: '1',
          PORT: port.toString(),
          SMTP_URL: mail.url,
          ...(queue ? { QUEUE_URL: queue.url } : {}),
        };
        const start = (ROLE: 'web' | 'worker'): ServerProcess =>
          ServerProcess.start('src/main.ts', { ...environment, ROLE, METRICS_PORT: ports[ROLE].toString() });
        const [web, worker] = [start('web'), start('worker')];
        await Promise.all([web.says(/^ready .*$/m), worker.says(/^ready .*$/m)]);
        const publicOrigin = `http://127.0.0.1:${port.toString()}`;
        const staffOrigin = `http://localhost:${port.toString()}`;

        const story = new Story(publicOrigin, staffOrigin);
        const byApi = await story.lodgeByApi();
        const byScript = await story.lodgeByScript();
        const byPages = await story.lodgeByPages();
        const disclosed = await story.discloseByApi();
        await emptied();
        await story.writeByReceipt(byApi);
        await story.writeByScript(byScript);
        await story.writeByPages(byPages);
        const complaints = [await caseOf(byApi), await caseOf(byScript), await caseOf(byPages)];
        // One officer a backend, since a code is good once.
        const read = [
          await story.answer(officerOf('msd', index), complaints),
          await story.answer(officerOf('ipca', index), [await caseOf(disclosed)]),
        ].join();
        await emptied();
        const provoked = await provoke(publicOrigin, staffOrigin, word);

        // It was all there: whoever it was sealed for reads every word of it.
        for (const said of Object.values(WORDS)) expect(read.split(said)).toHaveLength(4 + 1);
        for (const said of ['message in clear', 'message sealed', 'message by form']) {
          expect(read).toContain(`${word} ${said}`);
        }
        for (const said of ['reply', 'note']) expect(read.split(`${word} ${said}`)).toHaveLength(4 + 1);

        const haystack: Haystack = new Map();
        for (const [name, at] of Object.entries(ports)) {
          const figures = await fetch(`http://127.0.0.1:${at.toString()}/metrics`);
          expect(figures.status).toBe(200);
          haystack.set(`figures of ${name}`, Buffer.from(await figures.text()));
        }
        if (queue) haystack.set('Redis', Buffer.from(await queue.dump()));
        expect(await Promise.all([web.stop(), worker.stop()])).toEqual([
          { code: 0, signal: null },
          { code: 0, signal: null },
        ]);
        haystack.set('log of web', Buffer.from(web.output));
        haystack.set('log of worker', Buffer.from(worker.output));
        provoked
          .filter(({ where }) => !where.startsWith('('))
          .forEach(({ where, answer }, i) => {
            haystack.set(`answer ${i.toString()}, to a word in ${where}`, Buffer.from(answer));
          });
        for (const [name, content] of await dumpDatabase(scene.database.ownerUrl)) haystack.set(name, content);
        for (const [name, content] of await filesOnDisk(scene.database.ownerUrl, since)) haystack.set(name, content);
        mail.mails.forEach(({ raw }, i) => haystack.set(`mail ${i.toString()}`, Buffer.from(raw)));

        expectRealHaystack(haystack, mail, provoked);
        expect(search(haystack, story.secrets)).toEqual([]);

        // The address stands in the one line that a mail needs it in, and in no other.
        for (const [name, content] of haystack) {
          if (name.startsWith('mail ')) haystack.set(name, Buffer.from(content.toString().replace(/^To: .*$/m, '')));
        }
        expect(search(haystack, new Map([['an address', addressWord]]))).toEqual([]);
      } finally {
        await ServerProcess.endAll();
        await queue?.stop();
        await mail.stop();
      }
    });
  }
});

function officerOf(agencyId: string, index: number): EnrolledStaffMember {
  const officer = scene.officers.get(agencyId)?.[index];
  if (!officer) throw new Error(`${agencyId} has no officer ${index.toString()}`);
  return officer;
}

/** That everything was looked at that there is to look at, and had something in it. */
function expectRealHaystack(haystack: Haystack, mail: MailServer, provoked: readonly Provoked[]): void {
  const text = (name: string): string => haystack.get(name)?.toString() ?? '';
  for (const table of ['cases', 'case_items', 'mailboxes', 'idempotency_keys', 'sealed_sessions', 'audit_entries']) {
    expect(text(`table public.${table}`)).not.toBe('');
  }
  expect(haystack.has('table bullmq.job')).toBe(true);
  expect(text('table disposal.keys')).toContain('\\x');
  expect(text('log of web')).toContain('"event":"request"');
  // The mail server quoted the address, and the worker had to say something about it.
  expect(text('log of worker')).toContain('smtp_deferred');
  const told = mail.mails.flatMap(({ recipients }) => recipients).filter((address) => address.includes(addressWord));
  expect([...new Set(told)].sort()).toEqual([...new Set(mail.refused)].sort());
  expect(new Set(told).size).toBe(4);
  expect(text('figures of web')).toContain('http_request_duration_seconds');
  expect([...haystack.keys()].filter((name) => name.startsWith('file pg_wal')).length).toBeGreaterThan(0);
  // None of the wrong places was taken for a right one, and none of them broke the server.
  const accepted = provoked.filter(({ where, status }) => !(status >= 400 && status < 500) && !where.startsWith('('));
  expect(accepted.map(({ where, status }) => `${where}: ${status.toString()}`)).toEqual([]);
}

describe('the search', () => {
  it('finds a planted word in a table, in the write-ahead log and in what is left of a deleted row', async () => {
    const since = await walPosition(scene.database.ownerUrl);
    const [living, deleted] = [randomBytes(12).toString('hex'), randomBytes(12).toString('hex')];
    await owner.query('CREATE TABLE planted (id integer, said text, bytes bytea, doc jsonb)');
    await owner.query(`INSERT INTO planted VALUES (1, $1, $2, $3)`, [living, Buffer.from(living), { said: living }]);
    await owner.query('INSERT INTO planted (id, said) VALUES (2, $1)', [deleted]);
    await owner.query('DELETE FROM planted WHERE id = 2');
    const dump = await dumpDatabase(scene.database.ownerUrl);
    const files = await filesOnDisk(scene.database.ownerUrl, since);
    await owner.query('DROP TABLE planted');
    expect(search(dump, new Map([['it', living]]))).toEqual([
      'it (as it is) in table public.planted',
      'it (hexadecimal of as it is) in table public.planted',
    ]);
    expect(search(dump, new Map([['it', deleted]]))).toEqual([]);
    for (const said of [living, deleted]) {
      const found = search(files, new Map([['it', said]]));
      expect(found).toContainEqual(expect.stringMatching(/^it \(as it is\) in file pg_wal\//));
      expect(found).toContainEqual(expect.stringMatching(/^it \(as it is\) in file base\//));
    }
  });

  it('finds a word in every form that it may have been given', () => {
    const said = 'kia ora, sentinel?';
    const forms = [
      said,
      encodeURIComponent(said),
      `a=${said.replaceAll(' ', '+')}`,
      Buffer.from(said).toString('hex'),
      ...['', 'x', 'xy', 'xyz'].flatMap((before) => [
        Buffer.from(`${before}${said}zz`).toString('base64'),
        Buffer.from(`${before}${said}z`).toString('base64url'),
        Buffer.from(Buffer.from(`${before}${said}`).toString('base64url')).toString('hex'),
      ]),
    ];
    for (const form of forms) {
      expect(search(new Map([['here', Buffer.from(`before ${form} behind`)]]), new Map([['it', said]]))).not.toEqual(
        [],
      );
    }
    expect(search(new Map([['here', Buffer.from('something else')]]), new Map([['it', said]]))).toEqual([]);
  });
});

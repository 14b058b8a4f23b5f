import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import process from 'node:process';
import { loadServiceKeys } from '../../config/service-keys.js';
import { withStoredAudit } from '../../src/audit/audit-source.js';
import { verifyAudit } from '../../src/audit/audit-report.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { findRedisServer, startRedis, type TestRedis } from '../support/redis.js';
import { startMailServer, type MailServer } from '../support/smtp.js';
import { Watcher } from '../carry/worker.js';
import { type Acknowledged, clearLodging, type Lodging, sealedLodging, send } from './lodgings.js';
import { freePort, ServerProcess } from './processes.js';
import { type Scene, setScene } from './scene.js';
import { seeded } from './seeded.js';
import { until } from '../support/until.js';

/** Who sends again until they are answered, and who tries once and gives up. */
const PERSISTENT = 70;
const FICKLE = 10;
/** Of the persistent at least so many are complaints: so many answers are given, and so many mails are sent. */
const LEAST_DONE = 63;

/** How often each is killed. */
interface Kills {
  readonly web: number;
  readonly worker: number;
}

const redisServer = findRedisServer();
const seed = Number(process.env.FAULTS_SEED ?? randomInt(2 ** 31));

let scene: Scene;
let lodgings: Lodging[];

beforeAll(async () => {
  scene = await setScene(['msd', 'ipca', 'triage']);
  lodgings = [];
  for (let i = 0; i < PERSISTENT + FICKLE; i++) {
    // One in ten of each kind that is not the plain one, evenly among those who persist and those who give up.
    const kind = i % 10;
    lodgings.push(
      kind === 0 ? clearLodging() : await sealedLodging(scene, kind === 1 ? 'disclosure' : 'complaint', kind === 2),
    );
  }
});
afterEach(() => ServerProcess.endAll());
afterAll(() => scene.end());

/** What is stored of one case, counted. */
interface Stored {
  readonly id: string;
  readonly reference: string;
  readonly agency_id: string;
  readonly path: string;
  readonly status: string;
  readonly items: number;
  readonly epochs: number;
  readonly grants: number;
  readonly mailboxes: number;
  readonly disposal_keys: number;
  readonly lodged: number;
  readonly placed: number;
  readonly clocks: number;
  readonly audited: string[];
  readonly notices: string[];
}

const count = (from: string): string => `(SELECT count(*)::int FROM ${from} WHERE case_id = c.id)`;
const STORED = `
  SELECT c.id, c.reference, c.agency_id, c.path, c.status,
         ${count('case_items')} AS items, ${count('case_epochs')} AS epochs, ${count('case_grants')} AS grants,
         ${count('mailboxes')} AS mailboxes, ${count('disposal.keys')} AS disposal_keys, ${count('clocks')} AS clocks,
         (SELECT count(*)::int FROM case_events WHERE case_id = c.id AND kind = 'lodged') AS lodged,
         (SELECT count(*)::int FROM case_events WHERE case_id = c.id AND kind = 'placed') AS placed,
         ARRAY(SELECT action FROM audit_entries WHERE case_id = c.id ORDER BY action) AS audited,
         ARRAY(SELECT state || ' ' || agency_id FROM notices WHERE case_id = c.id) AS notices
  FROM cases c`;

/** The counts that the parts of a whole and placed case must have. */
function whole(stored: Stored, grants: number, items: number): Partial<Stored> {
  return {
    status: 'placed',
    items,
    epochs: items,
    grants,
    mailboxes: 1,
    disposal_keys: 1,
    lodged: 1,
    placed: 1,
    clocks: 1,
    audited: ['case.lodged', 'case.placed'],
    notices: stored.path === 'complaint' ? [`sent ${stored.agency_id}`] : [],
  };
}

/** Clients, a web server and a worker on one database, and somebody who kills the two. */
class Story {
  readonly acknowledged = new Map<Lodging, Acknowledged>();
  readonly #random: (from: number, to: number) => number;
  readonly #origin: string;

  constructor(
    private readonly environment: Readonly<Record<string, string>>,
    private readonly mail: MailServer,
    private readonly kills: Kills,
  ) {
    this.#random = seeded(seed);
    this.#origin = `http://127.0.0.1:${environment.PORT ?? ''}`;
  }

  async play(): Promise<void> {
    const [web, worker] = await Promise.all([this.#start('web'), this.#start('worker')]);
    const sent = lodgings.map((lodging, i) => (i < PERSISTENT ? this.#persist(lodging) : this.#tryOnce(lodging)));
    await Promise.all([
      ...sent,
      this.#killAt(web, 'web', this.#moments(this.kills.web), () => this.acknowledged.size),
      this.#killAt(worker, 'worker', this.#moments(this.kills.worker), () => this.mail.mails.length),
    ]);
  }

  /** One moment in each of so many equal parts of what can be done. */
  #moments(parts: number): number[] {
    const part = Math.floor(LEAST_DONE / parts);
    return Array.from({ length: parts }, (_, i) => this.#random(i * part + 1, (i + 1) * part - 5));
  }

  /** Kills and starts again, each time within some milliseconds of the moment that so much is done. */
  async #killAt(first: ServerProcess, role: string, moments: readonly number[], done: () => number): Promise<void> {
    let running = first;
    for (const moment of moments) {
      await until(`${role} has done ${moment.toString()}`, () => done() >= moment, 200_000);
      await sleep(this.#random(0, 15));
      await running.kill();
      running = await this.#start(role);
    }
  }

  async #start(role: string): Promise<ServerProcess> {
    const started = ServerProcess.start('src/main.ts', { ...this.environment, ROLE: role });
    await started.says(/^ready .*$/m);
    return started;
  }

  #persist(lodging: Lodging): Promise<void> {
    const taken = async (): Promise<boolean> => {
      if (await this.#tryOnce(lodging)) return true;
      await sleep(Math.random() * 100);
      return false;
    };
    return until('a lodging is taken', taken, 200_000);
  }

  async #tryOnce(lodging: Lodging): Promise<boolean> {
    const answer = await send(this.#origin, lodging);
    if (answer) this.acknowledged.set(lodging, answer);
    return answer !== null;
  }
}

const backends = [
  { backend: 'PostgreSQL', redis: false, kills: { web: 3, worker: 2 }, test: it },
  {
    backend: `Redis${redisServer === undefined ? ' (skipped: no redis-server found)' : ''}`,
    redis: true,
    // What a web server does never touches the queue.
    kills: { web: 1, worker: 3 },
    test: redisServer === undefined ? it.skip : it,
  },
];

describe('many lodgings at once, while web and worker are killed again and again', () => {
  for (const { backend, redis, kills, test } of backends) {
    test(`are each stored whole, placed once and told to their agency, with the queue in ${backend}`, async () => {
      const database = await freshDatabase(scene.database.name);
      const watcher = new Watcher(database.ownerUrl);
      const mail = await startMailServer();
      const queue = redis ? await startRedis(redisServer ?? '') : undefined;
      try {
        await play(database, watcher, mail, kills, queue);
      } catch (error) {
        throw new Error(`to repeat the moments: FAULTS_SEED=${seed.toString()}`, { cause: error });
      } finally {
        await ServerProcess.endAll();
        await queue?.stop();
        await mail.stop();
        await watcher.close();
        await database.drop();
      }
    }, 400_000);
  }
});

async function play(
  database: TestDatabase,
  watcher: Watcher,
  mail: MailServer,
  kills: Kills,
  queue?: TestRedis,
): Promise<void> {
  const story = new Story(
    {
      ...scene.environment(database),
      PORT: (await freePort()).toString(),
      SMTP_URL: mail.url,
      ...(queue ? { QUEUE_URL: queue.url } : {}),
    },
    mail,
    kills,
  );
  await story.play();
  await until(
    'the outbox is empty',
    async () =>
      (await watcher.count(
        'outbox',
        `name NOT IN ('digests', 'reminders', 'close_lodged_days', 'count_oversight')`,
      )) === 0,
    90_000,
  );
  await ServerProcess.endAll();

  const stored = await watcher.rows<Stored & Record<string, unknown>>(STORED);
  const byReference = new Map(stored.map((one) => [one.reference, one]));
  expect(byReference.size).toBe(stored.length);

  // Every acknowledged case exists, once, as it was sent.
  expect(lodgings.slice(0, PERSISTENT).every((lodging) => story.acknowledged.has(lodging))).toBe(true);
  for (const [lodging, { reference }] of story.acknowledged) {
    expect(byReference.get(reference)).toMatchObject({ path: lodging.path, agency_id: lodging.agencyId });
    if (lodging.caseId !== null) expect(byReference.get(reference)?.id).toBe(lodging.caseId);
  }
  expect(new Set([...story.acknowledged.values()].map(({ reference }) => reference)).size).toBe(
    story.acknowledged.size,
  );

  // Whatever exists, acknowledged or not, is whole and was placed once.
  const byId = new Map(lodgings.map((lodging) => [lodging.caseId, lodging]));
  for (const one of stored) {
    const sent = byId.get(one.id);
    const { grants, items } = sent ? sizeOf(sent) : { grants: 2, items: 1 };
    expect(one).toMatchObject(whole(one, grants, items));
  }
  // Nothing exists that belongs to no case: as many answers are kept, keys and entries made as there are cases.
  const cases = stored.length;
  expect(cases).toBeGreaterThanOrEqual(story.acknowledged.size);
  expect(cases).toBeLessThanOrEqual(PERSISTENT + FICKLE);
  expect(await watcher.count('idempotency_keys')).toBe(cases);
  expect(await watcher.count('disposal.keys')).toBe(cases);
  expect(await watcher.count('clocks')).toBe(cases);
  expect(await watcher.count('audit_entries', `action = 'case.lodged'`)).toBe(cases);

  // Each agency was told of each complaint at its own address, and a mail that went twice is seen to be the same.
  const notices = await watcher.rows<{ id: string; agency_id: string }>(
    `SELECT id, agency_id FROM notices WHERE case_id IS NOT NULL`,
  );
  const expected = new Map(notices.map(({ id, agency_id }) => [id, `${agency_id}@agency.test`]));
  const told = new Map(mail.mails.map(({ parsed, recipients }) => [idOf(parsed.messageId), recipients.join()]));
  for (const [id, address] of expected) expect(told.get(id)).toBe(address);
  const digests = await watcher.rows<{ id: string }>(`SELECT id FROM notices WHERE case_id IS NULL`);
  const known = new Set([...expected.keys(), ...digests.map(({ id }) => id)]);
  expect([...told.keys()].filter((id) => !known.has(id))).toEqual([]);

  const keys = await loadServiceKeys(scene.environment().SERVICE_KEYS ?? '', { createIfMissing: false });
  const report = await withStoredAudit(database.ownerUrl, (source) => verifyAudit(source, [keys.heads.publicJwk]));
  expect(report.faults).toEqual([]);
  expect(report.leaves).toBeGreaterThan(0);
}

function sizeOf({ body }: Lodging): { grants: number; items: number } {
  const { grants, sealed } = JSON.parse(body) as { grants: unknown[]; sealed: { items: unknown[] } };
  return { grants: grants.length, items: sealed.items.length };
}

function idOf(messageId: string | undefined): string {
  return /^<([^@]+)@/.exec(messageId ?? '')?.[1] ?? '';
}

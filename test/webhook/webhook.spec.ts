import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { randomUUID } from 'node:crypto';
import { bundleOf, MOST_SEALED } from '../../src/delivery/webhook-bundle.js';
import { webhookState } from '../../src/delivery/webhook-state.js';
import { signWebhook } from '../../src/delivery/webhook-token.js';
import { lodge as lodgeBare } from '../carry/worker.js';
import { sealMessage } from '../../src/mailbox/seal-message.js';
import { FACETS } from '../intake/door.js';
import { Caller } from '../mailbox/mailbox-app.js';
import { until } from '../support/until.js';
import { Receiver, WebhookReader } from './receiver.js';
import { AGENCY, IDENTITY, openScene, type Scene } from './scene.js';

const SENTINEL = 'kererū-on-the-powerline';
const SYSTEM = { kind: 'system', name: 'test' } as const;

let scene: Scene;
let receiver: Receiver;

beforeAll(async () => {
  scene = await openScene();
});

afterAll(async () => {
  await scene.close();
});

beforeEach(async () => {
  receiver = await Receiver.start(scene.reader());
});

afterEach(async () => {
  receiver.letGo();
  await scene.rest();
  await receiver.stop();
});

describe('a webhook', () => {
  it('carries a complaint that a receiver with jose alone verifies and opens', async () => {
    await scene.register(receiver);
    const worker = await scene.work(receiver);
    const id = await scene.lodge(SENTINEL);
    await until('it is taken', () => receiver.taken.length > 0);
    expect(receiver.taken).toEqual([
      expect.objectContaining({
        event: 'case.placed',
        caseId: id,
        reference: expect.stringMatching(/^.{4}-.{4}-.{3}$/) as unknown,
        facets: expect.objectContaining({ topic: FACETS.topic }) as unknown,
        more: false,
      }),
    ]);
    const words = Object.fromEntries((receiver.taken[0]?.words ?? []).map(({ kind, content }) => [kind, content]));
    expect(words.statement).toMatchObject({ whatHappened: SENTINEL });
    expect(words.identity).toMatchObject(IDENTITY);
    await until('it is noted', async () => (await scene.watcher.count('webhook_calls')) === 0);
    const [state] = await worker.database.asActor(SYSTEM, (manager) => webhookState(manager, AGENCY));
    expect(state).toMatchObject({ active: true, failures: 0, errorCode: null, waiting: 0, dead: 0 });
    expect(state?.lastDeliveredOn).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(await scene.watcher.count('audit_entries', `action = 'webhook.delivered' AND case_id = $1`, [id])).toBe(1);
    // The hour is the person's.
    expect(await scene.watcher.count('audit_entries', `action = 'webhook.delivered' AND happened_at IS NOT NULL`)).toBe(
      0,
    );
  });

  it('shows nobody on its way more than that something came', async () => {
    await scene.register(receiver);
    await scene.work(receiver);
    const id = await scene.lodge(SENTINEL);
    await until('it is taken', () => receiver.taken.length > 0);
    const claims = JSON.parse(Buffer.from(receiver.bodies[0]?.split('.')[1] ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    >;
    expect(Object.keys(claims).sort()).toEqual(['aud', 'event', 'iat', 'iss', 'jti', 'sealed']);
    const inClear = JSON.stringify(claims);
    for (const secret of [id, receiver.taken[0]?.reference ?? '?', FACETS.topic]) expect(inClear).not.toContain(secret);
  });

  it('carries what the person adds later as one item, with what opens it', async () => {
    await scene.register(receiver);
    await scene.work(receiver);
    const id = await scene.lodge('First');
    await until('it is taken', () => receiver.taken.length === 1);
    const lodged = { id, reference: '', receipt: scene.receiptOf(id) };
    const caller = await new Caller(scene.app.publicOrigin).openById(lodged);
    const item = await sealMessage(await caller.openHere(lodged), randomUUID(), 'And then.');
    expect(await caller.call('POST', '/messages', { item })).toMatchObject({ status: 201 });
    await until('both are taken', () => receiver.taken.length === 2);
    expect(receiver.taken[1]).toMatchObject({ event: 'case.message', caseId: id });
    expect(receiver.taken[1]?.words).toMatchObject([
      { kind: 'message', author: 'person', content: { text: 'And then.' } },
    ]);
  });

  it('is never promised for a disclosure, nor sent if it were', async () => {
    await scene.register(receiver);
    const worker = await scene.work(receiver);
    const id = await lodgeBare(scene.watcher, AGENCY, 'disclosure');
    await until(
      'it is placed',
      async () => (await scene.watcher.count('cases', `id = $1 AND status = 'placed'`, [id])) === 1,
    );
    expect(await scene.watcher.count('webhook_calls')).toBe(0);
    const asked = { caseId: id, agencyId: AGENCY, itemId: null };
    expect(await worker.database.asActor(SYSTEM, (manager) => bundleOf(manager, asked))).toBeNull();
  });

  it('is not sent once another agency has the case', async () => {
    await scene.register(receiver);
    const id = await scene.lodge('Mine, then theirs');
    await scene.watcher.rows(
      `WITH c AS (INSERT INTO webhook_calls VALUES (gen_random_uuid(), $1, 'case.handed_over', $2, NULL) RETURNING id)
       INSERT INTO outbox (id, queue, name, case_id) SELECT id, 'delivery', 'webhook', $2 FROM c`,
      [AGENCY, id],
    );
    await scene.watcher.rows(`UPDATE cases SET agency_id = 'triage' WHERE id = $1`, [id]);
    await scene.work(receiver);
    await until(
      'nothing is left to do',
      async () => (await scene.watcher.count('outbox', 'dead_at IS NULL AND due_at <= now()')) === 0,
    );
    expect(await scene.watcher.count('webhook_calls')).toBe(0);
    expect(receiver.bodies).toEqual([]);
  });

  it('is bounded in size, and says when there is more', async () => {
    const id = await scene.lodge('Much');
    const worker = await scene.work(receiver);
    await scene.watcher.rows(
      `INSERT INTO case_items (id, case_id, key, epoch, kind, author, jwe, made_on, position)
       SELECT gen_random_uuid(), $1, 'case', 1, 'message', 'person', repeat('x', 170000), current_date, 10 + n
         FROM generate_series(1, 15) n`,
      [id],
    );
    const bundle = await worker.database.asActor(SYSTEM, (manager) =>
      bundleOf(manager, { caseId: id, agencyId: AGENCY, itemId: null }),
    );
    const sizes = bundle?.items.map(({ jwe }) => jwe.length) ?? [];
    expect(bundle?.more).toBe(true);
    expect(sizes.length).toBeGreaterThan(10);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(MOST_SEALED);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
  });

  it('leaves no word, address or key in the log, the queue or the audit log', async () => {
    receiver.answer = () => (receiver.bodies.length < 3 ? 500 : undefined);
    await scene.register(receiver, `/secret-path?token=${SENTINEL}`);
    const worker = await scene.work(receiver);
    await scene.lodge(SENTINEL);
    await until('it is taken', () => receiver.taken.length > 0);
    const log = worker.logged.join('\n');
    expect(log).toContain('webhook_http_500');
    for (const secret of [SENTINEL, 'secret-path', receiver.host, scene.agencyKey.d ?? '?'])
      expect(log).not.toContain(secret);
    const everything = await scene.watcher.everything();
    const lines = everything.split('\n').filter((line) => line.includes(SENTINEL));
    expect(lines).toHaveLength(1); // the address that was registered
    expect(lines[0]).toContain('/secret-path?token=');
  });
});

describe('a receiver', () => {
  const claims = (id: string = randomUUID()) =>
    ({ issuer: scene.app.publicOrigin, audience: AGENCY, id, event: 'test', sealed: null }) as const;
  const sign = (more: object = {}, now?: Date) => signWebhook(scene.keys.webhooks, { ...claims(), ...more }, now);

  it('takes a call once, also with a new time, and refuses it once it is old', async () => {
    const reader = scene.reader();
    const id = randomUUID();
    expect(await reader.read(await sign({ id }))).toMatchObject({ jti: id, event: 'test' });
    expect(await reader.read(await sign({ id }))).toBeNull();
    await expect(reader.read(await sign({}, new Date(Date.now() - 6 * 60_000)))).rejects.toThrow(/"iat"/);
    await expect(reader.read(await sign({}, new Date(Date.now() + 6 * 60_000)))).rejects.toThrow(/"iat"/);
  });

  it('refuses what is for another agency, from another service, or was changed', async () => {
    const reader = scene.reader();
    await expect(reader.read(await sign({ audience: 'ird' }))).rejects.toThrow(/"aud"/);
    await expect(reader.read(await sign({ issuer: 'https://elsewhere.test' }))).rejects.toThrow(/"iss"/);
    const [header = '', payload = '', signature = ''] = (await sign()).split('.');
    const changed = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...changed, event: 'case.placed' })).toString('base64url');
    await expect(reader.read(`${header}.${forged}.${signature}`)).rejects.toThrow(/signature/);
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'onedoor-webhook+jwt' })).toString('base64url');
    await expect(reader.read(`${none}.${payload}.`)).rejects.toThrow();
  });

  it('refuses another kind of token of the service, and what a key signed that is not published', async () => {
    const { proofs, webhooks } = scene.keys;
    for (const key of [proofs, webhooks]) {
      const iat = Math.floor(Date.now() / 1000);
      const claims = { event: 'test', iss: scene.app.publicOrigin, aud: AGENCY, jti: randomUUID(), iat };
      await expect(scene.reader().read(await key.sign(claims, { typ: 'JWT' }))).rejects.toThrow(/"typ"/);
    }
    const { keys } = (await (await fetch(`${scene.app.publicOrigin}/api/v1/keys`)).json()) as JSONWebKeySet;
    expect(keys.map(({ kid }) => kid)).toContain(scene.keys.webhooks.kid);
    const others = createLocalJWKSet({ keys: keys.filter(({ kid }) => kid !== scene.keys.webhooks.kid) });
    const reader = new WebhookReader({
      keys: others,
      issuer: scene.app.publicOrigin,
      audience: AGENCY,
      agencyKey: scene.agencyKey,
    });
    await expect(reader.read(await sign())).rejects.toThrow();
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { enrol } from '../../src/demo/open-agency.js';
import type { Role } from '../../src/staff/roles.js';
import { DeskClient } from '../cases/desk.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { knownPassphrase } from '../support/passphrases.js';
import { until } from '../support/until.js';
import { Watcher } from '../carry/worker.js';
import { Database } from '../../config/database.js';
import { WebhookReader, Receiver } from './receiver.js';

const TOKEN = 'token=known-to-them-alone';

let receiver: Receiver;
let app: TestApp;
let watcher: Watcher;
let people = 0;

beforeAll(async () => {
  const keys = () => Promise.reject(new Error('asked for no key'));
  receiver = await Receiver.start(
    new WebhookReader({ keys, issuer: 'https://onedoor.test', audience: 'msd', agencyKey: {} }),
  );
  receiver.answer = () => 200;
  app = await startApp({ WEBHOOK_PRIVATE_HOSTS: receiver.host });
  watcher = new Watcher(app.database.ownerUrl);
  await openTestAgency(app, 'msd');
});

afterEach(async () => {
  await watcher.rows('DELETE FROM webhook_endpoints');
});

afterAll(async () => {
  await watcher.close();
  await app.close();
  await receiver.stop();
});

async function signedIn(...roles: Role[]): Promise<DeskClient> {
  const n = ++people;
  const names = { displayName: `Person ${n.toString()}`, username: `webhook.${n.toString()}` };
  const person = { ...names, ...knownPassphrase(n), roles };
  const who = await enrol(app.app, 'msd', person);
  return DeskClient.of({ app: app.app, database: app.app.get(Database), staffOrigin: app.staffOrigin }, who);
}

const stored = async () =>
  (await watcher.rows<{ url: string; active: boolean }>('SELECT url, active FROM webhook_endpoints'))[0];

describe('the page of an agency’s own system', () => {
  it('is an administrator’s alone', async () => {
    const officer = await signedIn('officer', 'lead', 'disclosure_officer');
    expect((await officer.get('/staff/webhook')).status).toBe(404);
    for (const path of ['/staff/webhook', '/staff/webhook/test', '/staff/webhook/remove'])
      expect((await officer.submit(path, path === '/staff/webhook' ? { url: receiver.origin } : {})).status).toBe(404);
    expect(await stored()).toBeUndefined();
  });

  it('sets, tries and removes an address, each on the record without its query', async () => {
    const admin = await signedIn('admin');
    expect((await admin.get('/staff/webhook')).text).toContain('Nothing is ever sent about a protected disclosure');
    expect((await admin.submit('/staff/webhook/test')).status).toBe(409);
    const url = `${receiver.origin}/onedoor?${TOKEN}`;
    expect(await admin.submit('/staff/webhook', { url })).toMatchObject({ status: 303, location: '/staff/webhook' });
    expect(await stored()).toEqual({ url, active: true });
    expect((await admin.submit('/staff/webhook/test')).status).toBe(303);
    await until('the test was taken', async () => (await admin.get('/staff/webhook')).text.includes('Was taken'));
    expect(receiver.paths).toContain(`/onedoor?${TOKEN}`);
    expect((await admin.submit('/staff/webhook/remove')).status).toBe(303);
    expect(await stored()).toBeUndefined();
    const entries = await watcher.rows<{ action: string; subject: string | null }>(
      `SELECT action, subject FROM audit_entries WHERE action LIKE 'webhook.%' ORDER BY happened_at`,
    );
    const actions = entries.map(({ action }) => action);
    for (const action of ['webhook.set', 'webhook.tested', 'webhook.delivered', 'webhook.removed'])
      expect(actions).toContain(action);
    expect(entries.find(({ action }) => action === 'webhook.set')?.subject).toBe('127.0.0.1');
    expect(JSON.stringify(entries)).not.toContain(TOKEN);
  });

  it('says that a test failed, and does not repeat it', async () => {
    const admin = await signedIn('admin');
    await admin.submit('/staff/webhook', { url: receiver.origin });
    const before = receiver.bodies.length;
    receiver.answer = () => 503;
    await admin.submit('/staff/webhook/test');
    await until('it is told', async () => (await admin.get('/staff/webhook')).text.includes('webhook_http_503'));
    receiver.answer = () => 200;
    expect(await watcher.count('webhook_calls')).toBe(0);
    expect(receiver.bodies.length - before).toBe(1);
  });

  it.each([
    ['http://cases.agency.test/', 'https://'],
    ['https://127.0.0.1/', 'public Internet'],
    [`https://me:${TOKEN}@cases.agency.test/`, 'password'],
    ['nothing', 'full address'],
    ['', 'Give an answer'],
  ])('refuses %j with a sentence, and does not show it again', async (url, sentence) => {
    const admin = await signedIn('admin');
    const answer = await admin.submit('/staff/webhook', { url });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(sentence);
    expect(answer.text).toContain('href="#url"');
    expect(answer.text).not.toContain(TOKEN);
    expect(await stored()).toBeUndefined();
  });
});

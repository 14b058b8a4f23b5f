import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { totpCode } from '../../src/staff/totp.js';
import { FACETS, Owner } from '../intake/door.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { authOf } from '../support/passphrases.js';
import { HostClient } from './behind-https.js';

/* Every cookie there is, as it is set where the service is reached by https; and what one is worth that was there before. */

const PUBLIC = 'onedoor.test';
const STAFF = 'staff.onedoor.test';
const ON_PUBLIC = ['__Host-csrf', '__Host-draft', '__Host-lang', '__Host-mailbox'];
const ON_STAFF = ['__Host-csrf', '__Host-lang', '__Host-onedoor-staff', '__Host-onedoor-staff-device'];

let app: TestApp;
let owner: Owner;
let officer: EnrolledStaffMember;
let receipt: string;
let auth: string;
const everybody: HostClient[] = [];

beforeAll(async () => {
  app = await startApp({ ROLE: 'web', PUBLIC_ORIGIN: `https://${PUBLIC}`, STAFF_ORIGIN: `https://${STAFF}` });
  owner = await Owner.of(app);
  const [first] = await openTestAgency(app, 'msd');
  await openTestAgency(app, 'triage');
  if (!first) throw new Error('The agency has nobody.');
  officer = first;
  const answer = await someone(PUBLIC).send('POST', '/api/v1/submissions', {
    headers: { 'content-type': 'application/json', 'idempotency-key': randomBytes(24).toString('base64url') },
    body: JSON.stringify({ facets: FACETS, statement: { whatHappened: 'They cut my benefit.' } }),
  });
  ({ receipt } = JSON.parse(answer.text) as { receipt: string });
  const salted = await (await atSignIn()).post('/staff/api/sign-in/salt', { username: officer.username });
  const { salt } = JSON.parse(salted.text) as { salt: string };
  auth = await authOf({ passphrase: officer.passphrase, salt });
});

afterAll(async () => {
  await owner.close();
  await app.close();
});

function someone(host: string): HostClient {
  const client = new HostClient(app.settings.PORT, host);
  everybody.push(client);
  return client;
}

async function atSignIn(): Promise<HostClient> {
  const client = someone(STAFF);
  await client.get('/staff/sign-in');
  return client;
}

/** Begins to tell a story: both gates are passed. */
async function atQuestions(client = someone(PUBLIC)): Promise<HostClient> {
  await client.get('/start');
  await client.submit('/start', { danger: 'none' });
  expect((await client.submit('/start/classified', { danger: 'none', classified: 'no' })).location).toBe(
    '/questions/relationship',
  );
  return client;
}

/** Opens the mailbox as a browser without a script does. */
async function inMailbox(client = someone(PUBLIC)): Promise<HostClient> {
  await client.get('/mailbox');
  expect((await client.submit('/mailbox', { receipt })).location).toBe('/mailbox/case');
  return client;
}

async function signIn(client: HostClient): Promise<HostClient> {
  await owner.rows('UPDATE staff SET totp_last_step = 0');
  const code = totpCode(officer.totpSecret);
  expect((await client.post('/staff/api/sign-in', { username: officer.username, auth, code })).status).toBe(200);
  return client;
}

async function prove(client: HostClient): Promise<void> {
  await owner.rows('UPDATE staff SET totp_last_step = 0');
  expect((await client.post('/staff/api/step-up', { auth, code: totpCode(officer.totpSecret) })).status).toBe(204);
}

describe('a cookie', () => {
  it('is for its host, for this site and for no script, whichever page set it, and stands for one thing', async () => {
    const traveller = await atQuestions();
    await traveller.submit('/questions/relationship', { answer: 'worker' });
    await traveller.get('/language?to=mi');
    await traveller.submit('/finish');
    const sender = await inMailbox();
    await sender.submit('/mailbox/lock');
    await (await inMailbox()).send('GET', '/leave', { headers: { 'sec-fetch-site': 'same-origin' } });
    const member = await signIn(await atSignIn());
    await prove(member);
    await member.get('/staff/step-up');
    await member.get('/language?to=mi');
    await member.submit('/staff/sign-out');

    const set = new Map<string, Set<string>>();
    const values = new Map<string, Set<string>>();
    for (const { host, lines } of everybody) {
      for (const line of lines) {
        const [pair = '', ...attributes] = line.split('; ');
        const [name = '', value = ''] = pair.split('=');
        const scope = attributes.filter((one) => !/^Max-Age=\d+$/.test(one)).sort();
        expect([line, scope]).toEqual([line, ['HttpOnly', 'Path=/', 'SameSite=Strict', 'Secure']]);
        set.set(host, (set.get(host) ?? new Set()).add(name));
        if (value !== '' && name !== '__Host-lang')
          values.set(value, (values.get(value) ?? new Set()).add(`${name} at ${host}`));
      }
    }
    expect([...(set.get(PUBLIC) ?? [])].sort()).toEqual(ON_PUBLIC);
    expect([...(set.get(STAFF) ?? [])].sort()).toEqual(ON_STAFF);
    for (const [, where] of values) expect([...where]).toHaveLength(1);
  });

  it('of one thing opens no other, nor the same on the other side', async () => {
    const [traveller, sender, member] = [await atQuestions(), await inMailbox(), await signIn(await atSignIn())];
    const tokens = [traveller, sender, member].flatMap(({ jar }) =>
      [...jar].filter(([name]) => !name.includes('csrf')),
    );
    const doors = [
      { host: PUBLIC, own: '__Host-draft', path: '/decision', shut: [303, '/start'] },
      { host: PUBLIC, own: '__Host-mailbox', path: '/mailbox/case', shut: [303, '/mailbox'] },
      {
        host: STAFF,
        own: '__Host-onedoor-staff',
        path: '/staff/keys',
        shut: [303, '/staff/sign-in?next=%2Fstaff%2Fkeys'],
      },
    ];
    expect(tokens.length).toBeGreaterThanOrEqual(3);
    for (const { host, own, path, shut } of doors) {
      for (const [name, value] of tokens) {
        const client = someone(host);
        client.jar.set(own, value);
        if (name !== own) client.jar.set(name, value);
        const { status, location } = await client.get(path);
        const opens = name === own ? [200, undefined] : shut;
        expect([path, name, status, location]).toEqual([path, name, ...opens]);
      }
    }
  });
});

describe('a cookie that somebody planted in a browser beforehand', () => {
  const forged = (): string => randomBytes(48).toString('base64url');

  it('is not the one under which a story begins, nor where it goes on', async () => {
    const theirs = await atQuestions();
    for (const planted of [forged(), theirs.jar.get('__Host-draft') ?? '']) {
      const victim = someone(PUBLIC);
      victim.jar.set('__Host-draft', planted);
      await atQuestions(victim);
      await victim.submit('/questions/relationship', { answer: 'worker' });
      expect(victim.jar.get('__Host-draft')).not.toBe(planted);
      const attacker = someone(PUBLIC);
      attacker.jar.set('__Host-draft', planted);
      expect((await attacker.get('/decision')).location).toBe('/start');
      expect((await victim.get('/decision')).status).toBe(200);
    }
  });

  it('is not the one that a mailbox is opened under', async () => {
    const theirs = await inMailbox();
    for (const planted of [forged(), theirs.jar.get('__Host-mailbox') ?? '']) {
      const victim = someone(PUBLIC);
      victim.jar.set('__Host-mailbox', planted);
      await inMailbox(victim);
      expect(victim.jar.get('__Host-mailbox')).not.toBe(planted);
      const attacker = someone(PUBLIC);
      attacker.jar.set('__Host-mailbox', planted);
      expect((await attacker.get('/mailbox/case')).location).toBe('/mailbox');
    }
  });

  it('is not the one that somebody signs in or shows again who they are under', async () => {
    const victim = await atSignIn();
    for (const planted of [
      randomBytes(32).toString('base64url'),
      (await signIn(await atSignIn())).jar.get('__Host-onedoor-staff') ?? '',
    ]) {
      victim.jar.set('__Host-onedoor-staff', planted);
      await signIn(victim);
      const before = victim.jar.get('__Host-onedoor-staff') ?? '';
      await prove(victim);
      for (const old of [planted, before]) {
        expect(victim.jar.get('__Host-onedoor-staff')).not.toBe(old);
        const attacker = someone(STAFF);
        attacker.jar.set('__Host-onedoor-staff', old);
        expect((await attacker.get('/staff/api/own-keys')).status).toBe(401);
      }
    }
  });
});

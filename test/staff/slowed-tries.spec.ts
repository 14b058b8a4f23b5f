import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { loadSettings } from '../../config/settings.js';
import { boot, type Running } from '../../src/boot.js';
import { Sweeper } from '../../src/queue/sweeper.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { DEVICE_COOKIE, DEVICE_DAYS, markDevice, triesCountedBy } from '../../src/staff/known-device.js';
import { CLEAR_EVERY, FREE_TRIES, LONGEST_WAIT, MOST_COUNTERS, SlowDown } from '../../src/staff/slow-down.js';
import { TooMany } from '../../src/web/errors.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { FRESH_ADDRESSES } from '../support/fresh-address.js';
import { freePort, ServerProcess } from '../faults/processes.js';
import { StaffClient } from './staff-app.js';

let app: TestApp;
/** Another server on the same database. */
let other: Running;
let owner: Client;
let victim: EnrolledStaffMember;
let colleague: EnrolledStaffMember;

const environment = (): Record<string, string> => ({
  DATABASE_URL: app.database.applicationUrl,
  SERVICE_KEYS: join(app.home, 'service-keys'),
  ONEDOOR_HOME: app.home,
  PASSKEY_REQUIRED_FOR: 'nobody',
  TRUSTED_PROXIES: '1',
  ROLE: 'web',
});

beforeAll(async () => {
  app = await startApp({ TRUSTED_PROXIES: '1' });
  other = await boot(loadSettings({ ...environment(), PORT: '0', LOG_LEVEL: 'silent' }));
  owner = new Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  [victim, colleague] = (await openTestAgency(app, 'ombudsman')) as [EnrolledStaffMember, EnrolledStaffMember];
});
afterEach(async () => {
  await ServerProcess.endAll();
  await owner.query('TRUNCATE slowed_tries');
  await owner.query('UPDATE staff SET totp_last_step = 0');
});
afterAll(async () => {
  await owner.end();
  await other.close();
  await app.close();
});

const otherOrigin = (): string => other.origins?.staffOrigin ?? '';
const browser = (origin = app.staffOrigin): Promise<StaffClient> => new StaffClient(origin).begin();
const guess = ({ username }: { username: string }): object => ({
  username,
  auth: randomBytes(32).toString('base64url'),
  code: '000000',
});

/** A wrong try from an address that was never seen before. */
async function stranger(who: { username: string }, origin?: string): Promise<Response> {
  return (await browser(origin)).post('/staff/api/sign-in', guess(who));
}

async function statuses(count: number, tryOnce: (n: number) => Promise<Response>): Promise<number[]> {
  return (await Promise.all(Array.from({ length: count }, (_, n) => tryOnce(n)))).map(({ status }) => status);
}

/** Lets time pass for the waits. */
async function timePasses(seconds: number): Promise<void> {
  await owner.query(
    `UPDATE slowed_tries SET free_at = free_at - make_interval(secs => $1), expires_at = expires_at - make_interval(secs => $1)`,
    [seconds],
  );
}

describe('wrong tries at an account', () => {
  it('are let through five times, and then each makes the next wait twice as long, up to a quarter of an hour', async () => {
    const told: number[] = [];
    for (let n = 1; n <= FREE_TRIES; n++) expect((await stranger(victim)).status).toBe(401);
    for (let n = 0; n < 12; n++) {
      const answer = await stranger(victim);
      expect(answer.status).toBe(429);
      told.push(Number(answer.headers.get('retry-after')));
      await timePasses(told.at(-1) ?? 0);
      expect((await stranger(victim)).status).toBe(401);
    }
    // What was waited since the last answer is taken off, so that the first of them are a little shorter.
    for (const [n, seconds] of told.entries()) {
      expect(seconds).toBeLessThanOrEqual(Math.min(LONGEST_WAIT, 2 ** n));
      expect(seconds).toBeGreaterThan(Math.min(LONGEST_WAIT, 2 ** n) * 0.9 - 5);
    }
  });

  it('are counted the same for a name that nobody has', async () => {
    const nobody = { username: `nobody.${randomUUID().slice(0, 8)}` };
    for (let n = 1; n <= FREE_TRIES; n++) expect((await stranger(nobody)).status).toBe(401);
    expect((await stranger(nobody)).status).toBe(429);
  });

  it('count once each, however many come at the same moment at two servers', async () => {
    const browsers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => browser(n % 2 === 0 ? undefined : otherOrigin())),
    );
    const answers = await statuses(50, (n) => {
      const [one] = browsers.slice(n);
      if (!one) throw new Error('too few browsers');
      return one.post('/staff/api/sign-in', guess(victim));
    });
    const looked = answers.filter((status) => status === 401).length;
    // Within the seconds this may take, a wait of one or two of them may end.
    expect(looked).toBeGreaterThanOrEqual(FREE_TRIES);
    expect(looked).toBeLessThanOrEqual(FREE_TRIES + 3);
    expect(answers.filter((status) => status === 429)).toHaveLength(50 - looked);
    const { rows } = await owner.query<{ wrong: number }>('SELECT wrong FROM slowed_tries');
    expect(rows).toEqual([{ wrong: looked }]);
  });

  it('stay counted when the server that saw them is killed, and hold at every other', async () => {
    const port = await freePort();
    const served = ServerProcess.start('src/main.ts', { ...environment(), PORT: port.toString() });
    await served.says(/^ready .*$/m);
    const origin = `http://localhost:${port.toString()}`;
    for (let n = 1; n <= FREE_TRIES; n++) expect((await stranger(victim, origin)).status).toBe(401);
    const last = browser(origin).then((one) => one.post('/staff/api/sign-in', guess(victim)).catch(() => undefined));
    await served.kill();
    await last.catch(() => undefined);
    await timePasses(1);
    for (const at of [app.staffOrigin, otherOrigin()]) await stranger(victim, at);
    for (const at of [app.staffOrigin, otherOrigin()]) expect((await stranger(victim, at)).status).toBe(429);
  });

  it('are no more once somebody was right, and after a day without any', async () => {
    for (let n = 1; n < FREE_TRIES; n++) await stranger(victim);
    expect((await (await browser()).signIn(victim)).status).toBe(200);
    expect((await owner.query('SELECT FROM slowed_tries')).rowCount).toBe(0);
    for (let n = 0; n < FREE_TRIES; n++) await stranger(victim);
    await timePasses(24 * 60 * 60 + 2);
    for (let n = 0; n < FREE_TRIES; n++) expect((await stranger(victim)).status).toBe(401);
    await timePasses(24 * 60 * 60 + 2);
    await app.app.get(Sweeper).sweepOnce();
    expect((await owner.query('SELECT FROM slowed_tries')).rowCount).toBe(0);
  });
});

describe('somebody who keeps trying', () => {
  it('keeps the owner of the account out of no browser that the owner signed in with before, at any server', async () => {
    const known = await browser();
    expect((await known.signIn(victim)).status).toBe(200);
    for (let n = 0; n < 30; n++) {
      await stranger(victim, n % 2 === 0 ? undefined : otherOrigin());
      await timePasses(LONGEST_WAIT);
    }
    await stranger(victim);
    await owner.query('UPDATE staff SET totp_last_step = 0');
    expect((await (await browser()).signIn(victim)).status).toBe(429);
    const elsewhere = await browser(otherOrigin());
    elsewhere.setCookie(DEVICE_COOKIE, known.cookie(DEVICE_COOKIE) ?? '');
    expect((await elsewhere.signIn(victim)).status).toBe(200);
    await owner.query('UPDATE staff SET totp_last_step = 0');
    expect((await known.signIn(victim)).status).toBe(200);
  });

  it('is slowed from a known browser too, by itself, and gets nothing from a browser that is known to another account', async () => {
    const known = await browser();
    await known.signIn(victim);
    for (let n = 0; n < FREE_TRIES; n++) await known.post('/staff/api/sign-in', guess(victim));
    expect((await known.post('/staff/api/sign-in', guess(victim))).status).toBe(429);
    expect((await stranger(victim)).status).toBe(401);
    for (let n = 0; n < FREE_TRIES; n++) await known.post('/staff/api/sign-in', guess(colleague));
    expect((await stranger(colleague)).status).toBe(429);
  });

  it('in somebody’s session is slowed at the proof as well, at every server', async () => {
    const known = await browser();
    await known.signIn(victim);
    const elsewhere = await browser(otherOrigin());
    elsewhere.setCookie('onedoor-staff', known.cookie('onedoor-staff') ?? '');
    const proof = { auth: 'A'.repeat(43), code: '000000' };
    for (let n = 0; n < FREE_TRIES; n++) {
      const one = n % 2 === 0 ? known : elsewhere;
      expect((await one.post('/staff/api/step-up', proof)).status).toBe(403);
    }
    expect((await known.post('/staff/api/step-up', proof)).status).toBe(429);
    expect((await elsewhere.post('/staff/api/step-up', proof)).status).toBe(429);
  });
});

describe('what is kept of it', () => {
  it('holds no name, no address and no mark', async () => {
    const known = await browser();
    await known.signIn(victim);
    await known.post('/staff/api/sign-in', guess(victim));
    await stranger(victim);
    const { rows } = await owner.query<{ dump: string }>(
      `SELECT json_agg(t)::text AS dump, count(*)::int FROM slowed_tries t`,
    );
    expect(rows).toMatchObject([{ count: 2 }]);
    const [mark = ''] = (known.cookie(DEVICE_COOKIE) ?? '').split('.');
    for (const word of [victim.username, mark, FRESH_ADDRESSES, '127.0.0.1']) {
      expect(rows[0]?.dump).not.toContain(word);
      expect(rows[0]?.dump).not.toContain(Buffer.from(word).toString('hex'));
    }
  });

  it('is bounded, and made-up names do not push out an account that was tried more often', async () => {
    for (let n = 0; n < 12; n++) {
      await timePasses(LONGEST_WAIT);
      await stranger(victim);
    }
    await owner.query(
      `INSERT INTO slowed_tries SELECT sha256(n::text::bytea), 1, now(), now() + interval '1 day'
         FROM generate_series(1, $1) n`,
      [MOST_COUNTERS + 500],
    );
    const slowDown = app.app.get(SlowDown);
    for (let n = 0; n < CLEAR_EVERY; n++) await slowDown.take(`name:made.up.${n.toString()}`);
    const { rows } = await owner.query<{ count: number }>('SELECT count(*)::int AS count FROM slowed_tries');
    expect(rows[0]?.count).toBeLessThanOrEqual(MOST_COUNTERS + CLEAR_EVERY);
    await expect(slowDown.take(`name:${victim.username}`)).rejects.toThrow(TooMany);
  });
});

describe('the mark of a browser', () => {
  const key = new Uint8Array(32).fill(3);

  it('counts for half a year and for its own account, and not when anything of it was changed', () => {
    const made = new Date('2026-05-01T00:00:00Z');
    const after = (days: number): Date => new Date(made.getTime() + days * 24 * 60 * 60_000);
    const mark = markDevice(key, 'mere', made);
    const [nonce = '', day = '', mac = ''] = mark.split('.');
    expect(triesCountedBy(key, 'mere', mark, after(DEVICE_DAYS))).toBe(`device:${nonce}`);
    expect(triesCountedBy(key, 'mere', mark, after(DEVICE_DAYS + 1))).toBe('name:mere');
    expect(triesCountedBy(key, 'hemi', mark, made)).toBe('name:hemi');
    const later = (Number(day) + 90).toString();
    for (const changed of [`${nonce}.${later}.${mac}`, `${'A'.repeat(22)}.${day}.${mac}`, nonce, '', undefined]) {
      expect(triesCountedBy(key, 'mere', changed, made)).toBe('name:mere');
    }
  });
});

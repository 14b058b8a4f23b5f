import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Database } from '../../config/database.js';
import { soundAlarm } from '../../src/audit/audit-alarm.js';
import { JobRegistry } from '../../src/queue/job-registry.js';
import { OUTBOX_JOB, type OutboxJob } from '../../src/queue/outbox.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import type { Role } from '../../src/staff/roles.js';
import { openLog } from '../../src/web/log.js';
import { DeskClient, enrol, holdCeremony, type Answer, type Desk } from '../cases/desk.js';
import { lodge } from '../cases/sealed-cases.js';
import { Owner } from '../intake/door.js';
import { startApp, type TestApp } from '../support/app.js';
import { StaffClient } from './staff-app.js';

let app: TestApp;
let owner: Owner;
let desk: Desk;
let routes: Route[];
let complaint: string;
let disclosure: string;

interface Route {
  readonly method: string;
  readonly path: string;
}

beforeAll(async () => {
  app = await startApp({ ROLE: 'web' });
  owner = await Owner.of(app);
  const database = app.app.get(Database, { strict: false });
  desk = { ...app, database, rows: (sql, values) => owner.rows(sql, values) };
  await person('ombudsman');
  await holdCeremony(desk, await person('ombudsman', ['lead', 'disclosure_officer']));
  complaint = (await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' })).id;
  disclosure = (await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' })).id;
  routes = await forStaffAlone(served());
});
afterAll(async () => {
  await owner.close();
  await app.close();
});

const person = (agencyId: string, roles: readonly Role[] = ['officer', 'disclosure_officer']) =>
  enrol(desk, agencyId, roles);

/** Every route under `/staff`, as Fastify has them. */
function served(): Route[] {
  const tree = app.app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
  const above: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', segment = '', methods = ''] = /^([│ ]*)[├└]── (\S*)(?: \((.+)\))?/.exec(line) ?? [];
    above.splice(indent.length / 4, above.length, segment);
    const path = above.join('');
    if (!path.startsWith('/staff')) return [];
    return methods
      .split(', ')
      .filter((method) => method === 'GET' || method === 'POST')
      .map((method) => ({ method, path }));
  });
}

/** Those that ask who it is. */
async function forStaffAlone(all: readonly Route[]): Promise<Route[]> {
  const anybody = await new StaffClient(app.staffOrigin).begin();
  const asking: Route[] = [];
  for (const route of all) {
    const { status, headers } = await (route.method === 'GET' ? anybody.get(route.path) : anybody.post(route.path, {}));
    if (status === 401 || headers.get('location')?.startsWith('/staff/sign-in?next=') === true) asking.push(route);
  }
  return asking;
}

interface Entry {
  readonly action: string;
  readonly case_id: string | null;
  readonly subject: string | null;
  readonly timed: boolean;
}

const entriesOf = ({ actor }: EnrolledStaffMember, after = 0) =>
  owner.rows<Entry>(
    `SELECT action, case_id, subject, happened_at IS NOT NULL AS timed FROM audit_entries
      WHERE actor_id = $1 ORDER BY happened_at NULLS LAST, id OFFSET $2`,
    [actor.staffId, after],
  );

interface Asked {
  readonly route: string;
  readonly answer: Answer;
  /** What was recorded meanwhile, in any order. */
  readonly entries: Entry[];
}

/** Asks for every route of a kind as this person, one after the other. */
async function askFor(who: EnrolledStaffMember, asked: readonly Route[], id: string): Promise<Asked[]> {
  const results: Asked[] = [];
  let client = await DeskClient.of(desk, who);
  const seen = new Map<string, number>();
  const news = async (): Promise<Entry[]> => {
    const fresh: Entry[] = [];
    const counts = new Map<string, number>();
    for (const entry of await entriesOf(who)) {
      const key = JSON.stringify(entry);
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      if (count > (seen.get(key) ?? 0)) fresh.push(entry);
    }
    for (const [key, count] of counts) seen.set(key, count);
    return fresh;
  };
  await news();
  for (const { method, path } of asked) {
    const url = path
      .replace(':agencyId', 'msd')
      .replace(':version', '2026-11-22')
      .replace(':queue', 'mail')
      .replace(/:\w+/g, id);
    let answer = await (method === 'GET' ? client.get(url) : client.post(url, {}));
    if (answer.status === 401) {
      // The one before ended the session.
      client = await DeskClient.of(desk, who);
      answer = await (method === 'GET' ? client.get(url) : client.post(url, {}));
    }
    results.push({ route: `${method} ${path}`, answer, entries: await news() });
  }
  return results;
}

/**
 * With nothing in them of anybody: the frame of a form, the way to another page, how to prove that one is oneself; and what
 * the public log of keys tells everybody.
 */
const EMPTY = new Set([
  'GET /staff',
  'GET /staff/unlock',
  'GET /staff/working-days',
  'GET /staff/step-up',
  'GET /staff/api/step-up',
  'GET /staff/new-keys',
  'GET /staff/disclosures/registers',
  'GET /staff/official-information',
  'POST /staff/api/step-up/passkey/begin',
  'GET /staff/api/key-log',
  'GET /staff/api/key-log/added',
  'GET /staff/api/key-log/agencies/:agency',
  'GET /staff/api/key-log/entries',
]);

/** What of the answers breaks the rule: what was shown or done is recorded, and so is what was refused. */
function unrecorded(asked: readonly Asked[]): string[] {
  return asked.flatMap(({ route, answer: { status }, entries }) => {
    const refused = entries.filter(({ action }) => action.startsWith('refused.'));
    const ok = status < 300 || (status < 400 && route.startsWith('POST'));
    if (status === 404) return refused.length === 1 ? [] : [`${route}: ${refused.length.toString()} refusals`];
    if (refused.length > 0) return [`${route}: a refusal with ${status.toString()}`];
    if (status >= 500) return [`${route}: ${status.toString()}`];
    return ok && !EMPTY.has(route) && entries.length === 0 ? [`${route}: nothing`] : [];
  });
}

describe('everything that staff ask for', () => {
  it.each<[string, string, readonly Role[]]>([
    ['an officer who reads both', 'ombudsman', ['officer', 'disclosure_officer']],
    ['a lead', 'ombudsman', ['lead']],
    ['an administrator', 'triage', ['admin']],
    ['a system lead', 'triage', ['system_lead']],
    ['an auditor', 'triage', ['auditor']],
    ['an overseer', 'ombudsman', ['overseer']],
    ['one who takes reports', 'psc', ['officer', 'overseer']],
  ])('leaves an entry when %s is shown it or does it, and one when they are refused it', async (_, agencyId, roles) => {
    expect(routes.length).toBeGreaterThan(50);
    const who = await person(agencyId, roles);
    const asked = await askFor(who, routes, complaint);
    expect(unrecorded(asked)).toEqual([]);
    const statuses = asked.map(({ answer }) => answer.status);
    expect(statuses).toContain(200);
    expect(statuses).toContain(404);
  });
});

describe('what somebody was refused', () => {
  it('is recorded with its id, the same for a disclosure as for nothing, and with its time for a complaint', async () => {
    const stranger = await person('msd');
    const ofCases = routes.filter(({ method, path }) => method === 'GET' && /^\/staff\/(api\/)?cases\/:id/.test(path));
    expect(ofCases.length).toBeGreaterThan(8);
    const nothing = randomUUID();
    const [denied, none, open] = [
      await askFor(stranger, ofCases, disclosure),
      await askFor(stranger, ofCases, nothing),
      await askFor(stranger, ofCases, complaint),
    ];
    const told = (asked: readonly Asked[], id: string) =>
      JSON.stringify(asked.map(({ route, answer, entries }) => [route, answer.status, entries])).replaceAll(id, 'ID');
    expect(told(denied, disclosure)).toBe(told(none, nothing));
    for (const { entries } of denied) {
      expect(entries).toEqual([expect.objectContaining({ case_id: null, subject: disclosure, timed: false })]);
    }
    for (const { entries } of open) {
      expect(entries).toEqual([expect.objectContaining({ case_id: complaint, subject: complaint, timed: true })]);
    }
  });

  it('is recorded once a minute, and of a flood only that there was more', async () => {
    const stranger = await person('msd');
    const client = await DeskClient.of(desk, stranger);
    const refusals = async () =>
      (await entriesOf(stranger)).map(({ action }) => action).filter((action) => action.startsWith('refused.'));
    const before = Math.floor(Date.now() / 60_000);
    await client.get(`/staff/cases/${complaint}`);
    await client.get(`/staff/cases/${complaint}`);
    await client.get('/staff/people');
    const few = await refusals();
    for (let i = 0; i < 120; i += 1) await client.get(`/staff/cases/${randomUUID()}`);
    const many = await refusals();
    const minutes = 1 + Math.floor(Date.now() / 60_000) - before;
    expect(new Set(few)).toEqual(new Set(['refused.get.cases', 'refused.get.people']));
    expect(few.length).toBeLessThanOrEqual(2 * minutes);
    expect(many.length).toBeLessThanOrEqual(101 * minutes);
    if (minutes === 1) expect(many.filter((action) => action === 'refused.many')).toHaveLength(1);
  });

  it('is never recorded of the public', async () => {
    const before = await owner.counts();
    expect((await fetch(`${app.staffOrigin}/staff/cases/${complaint}`, { redirect: 'manual' })).status).toBe(303);
    expect((await fetch(`${app.publicOrigin}/nothing`)).status).toBe(404);
    expect((await fetch(`${app.publicOrigin}/api/v1/mailbox`)).status).toBe(401);
    expect((await owner.counts())['public.audit_entries']).toBe(before['public.audit_entries']);
  });
});

describe('an alarm of the audit log', () => {
  it('stands on the operator’s page and is mailed, until an administrator acknowledges it, which is recorded', async () => {
    const admin = await person('triage', ['admin']);
    const client = await DeskClient.of(desk, admin);
    const banner = 'The audit log was found to be changed';
    expect((await client.get('/staff/work')).text).not.toContain(banner);
    await soundAlarm(desk.database, openLog('silent'), 'entry_changed', complaint);
    const { text } = await client.get('/staff/work');
    expect(text).toContain(banner);
    expect(text).toContain(`entry_changed.${complaint}`);

    const [job] = await owner.rows<OutboxJob>(`SELECT ${OUTBOX_JOB} FROM outbox WHERE name = 'audit_alarm'`);
    if (!job) throw new Error('nothing was promised');
    await owner.rows(`UPDATE agencies SET notice_email = 'operator@triage.test' WHERE id = 'triage'`);
    const handler = app.app.get(JobRegistry, { strict: false }).handlerOf('delivery', 'audit_alarm');
    await desk.database.asActor({ kind: 'system', name: 'queue' }, (manager) => handler.run(manager, job));
    const [mail = ''] = await readdir(join(app.home, 'mail'));
    const told = await readFile(join(app.home, 'mail', mail), 'utf8');
    expect(told).toContain('operator@triage.test');
    expect(told).toContain('The audit log needs to be looked at');
    expect(told).not.toContain(complaint);

    const officers = await DeskClient.of(desk, await person('triage'));
    expect((await officers.submit('/staff/work/audit-alarm/acknowledge')).status).toBe(404);
    expect((await client.get('/staff/work')).text).toContain(banner);
    expect((await client.submit('/staff/work/audit-alarm/acknowledge')).status).toBe(303);
    expect((await client.get('/staff/work')).text).not.toContain(banner);
    expect((await entriesOf(admin)).map(({ action }) => action)).toContain('audit.alarm_cleared');
  });
});

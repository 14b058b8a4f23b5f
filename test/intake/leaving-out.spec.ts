import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { Database } from '../../config/database.js';
import { openAgency } from '../../src/demo/open-agency.js';
import { isWalled, kidsBehindWalls } from '../../src/staff/walls.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import type { PublicKey } from '../../src/vault/keys.js';
import { ROUTES } from '../attack/route-table.js';
import { answerQuestions, look, lookAndPress, visit } from '../browser/visit.js';
import { DeskClient, type Answer } from '../cases/desk.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { openBrowser } from '../support/browser.js';
import { Officer } from '../support/officer.js';
import { FACETS, type Lodged, Owner, type Placed, type Problem, readersOf, seal, submit } from './door.js';
import { blamedOn, held, type Page, Visitor } from './visitor.js';

/** The same, answered on the pages. */
const WAY = ['worker', 'msd', 'fraud', 'unsafe', 'under_3_months', 'no', 'no'];

/** A disclosure that is decided for the Serious Fraud Office. */
const DISCLOSURE = { ...FACETS, relationship: 'worker', topic: 'fraud', stage: 'unsafe' };
const WORDS = { whatHappened: 'Words' };

let app: TestApp;
let browser: Browser;
let owner: Owner;
let ana: EnrolledStaffMember;
let ben: EnrolledStaffMember;
/** Who is left out. */
let cat: EnrolledStaffMember;
let readers: PublicKey[];

beforeAll(async () => {
  [app, browser] = await Promise.all([startApp(), openBrowser()]);
  owner = await Owner.of(app);
  const people = ['Ana', 'Ben', 'Cat'].map((displayName) => ({
    displayName,
    username: `${displayName.toLowerCase()}.sfo`,
    passphrase: 'correct horse battery staple',
    roles: ['officer', 'disclosure_officer'] as const,
  }));
  [ana, ben, cat] = (await openAgency(app.app, { id: 'sfo', noticeEmail: 'sfo@agency.test' }, people)) as [
    EnrolledStaffMember,
    EnrolledStaffMember,
    EnrolledStaffMember,
  ];
  await openTestAgency(app, 'triage');
  await openTestAgency(app, 'msd');
  readers = await readersOf(app, 'sfo', 'disclosures');
});

afterAll(async () => {
  await browser.close();
  await owner.close();
  await app.close();
});

const out = (...who: readonly EnrolledStaffMember[]): string[] => who.map(({ agreement }) => agreement.kid);

function clientOf(who: EnrolledStaffMember): Promise<DeskClient> {
  return DeskClient.of({ app: app.app, database: app.app.get(Database), staffOrigin: app.staffOrigin }, who);
}

async function lodged(body: object): Promise<Placed> {
  const response = await submit(app, { facets: DISCLOSURE, ...body });
  const answer = (await response.json()) as Lodged & Problem;
  expect([response.status, answer.errors]).toEqual([201, undefined]);
  return owner.placed(answer.reference);
}

async function refused(body: object): Promise<string[]> {
  const response = await submit(app, { facets: DISCLOSURE, statement: WORDS, ...body });
  expect(response.status).toBe(422);
  return ((await response.json()) as Problem).errors.map(({ field, code }) => `${field} ${code}`);
}

/** Every staff route that names a case, as this person calls it. */
async function everyAnswer(client: DeskClient, id: string): Promise<string[]> {
  const answers: string[] = [];
  for (const [name, { sends = {}, place }] of Object.entries(ROUTES)) {
    const [method = '', pattern = ''] = name.split(' ');
    if (!pattern.includes('/cases/:id')) continue;
    const path = Object.entries({ ':agencyId': 'acc', ...place, ':id': id, ':linkId': ID, ':wallId': ID }).reduce(
      (so, [parameter, value]) => so.replace(parameter, value),
      pattern,
    );
    const body = JSON.parse(JSON.stringify(sends).replaceAll(':staffId', ana.actor.staffId)) as Record<string, string>;
    answers.push(`${name} ${shown(await call(client, method, path, body), id)}`);
  }
  return answers;
}

const ID = randomUUID();

function call(client: DeskClient, method: string, path: string, body: Record<string, string>): Promise<Answer> {
  if (method === 'GET') return client.get(path);
  return path.includes('/api/') ? client.post(path, body) : client.submit(path, body);
}

/** An answer without what differs in any two: the address itself, the token, the correlation id. */
function shown({ status, text }: Answer, id: string): string {
  return `${status.toString()} ${text}`
    .replaceAll(id, 'ID')
    .replace(/(?:content|value)="[\w-]{43}"/g, 'TOKEN')
    .replace(/"(correlation|correlationId|instance)":"[^"]*"/g, '"$1"');
}

describe('a disclosure out of which the person left an officer', () => {
  let found: Placed;
  beforeAll(async () => {
    found = await lodged({ statement: WORDS, excluded: out(cat) });
  });

  it('is read by the others, who see who was left out', async () => {
    for (const who of [ana, ben]) {
      expect(await new Officer(app, who).read(found.id)).toMatchObject({ statement: WORDS });
    }
    const client = await clientOf(ana);
    const { text } = await client.get(`/staff/cases/${found.id}/walls`);
    expect(text).toContain('Cat was left out by the person who wrote');
    expect(text).not.toContain('Let them in again');
  });

  it('is not there for the one who was left out, whatever they ask for', async () => {
    const client = await clientOf(cat);
    const real = await everyAnswer(client, found.id);
    expect(real.length).toBeGreaterThan(20);
    expect(real.filter((answer) => !answer.includes(' 404 '))).toEqual([]);
    expect(real).toEqual(await everyAnswer(client, randomUUID()));
    for (const list of [
      '/staff/disclosures',
      '/staff/disclosures?holder=mine',
      '/staff',
      '/staff/api/stale-disclosures',
    ]) {
      expect((await client.get(list)).text).not.toContain(found.reference);
    }
    expect((await (await clientOf(ben)).get('/staff/disclosures')).text).toContain(found.reference);
  });

  it('is kept from them by the tables too, even if somebody granted it to their key', async () => {
    const seen = (who: EnrolledStaffMember): Promise<unknown[][]> =>
      app.app.get(Database).asActor(who.actor, async (manager) => {
        const tables = ['case_grants', 'case_items', 'case_epochs', 'case_walls', 'case_events', 'clocks'];
        const queries = [
          'SELECT id FROM cases WHERE id = $1',
          ...tables.map((table) => `SELECT case_id FROM ${table} WHERE case_id = $1`),
        ];
        const rows: unknown[][] = [];
        for (const query of queries) rows.push(await manager.query<unknown[]>(query, [found.id]));
        return rows;
      });
    await owner.rows(
      `INSERT INTO case_grants (case_id, key, epoch, reader, wrapped)
       SELECT case_id, key, epoch, $2, wrapped FROM case_grants WHERE case_id = $1 AND reader = $3`,
      [found.id, cat.agreement.kid, ana.agreement.kid],
    );
    expect((await seen(ana)).filter((rows) => rows.length === 0)).toEqual([]);
    expect((await seen(cat)).flat()).toEqual([]);
    expect((await (await clientOf(cat)).get(`/staff/cases/${found.id}`)).status).toBe(404);
  });

  it('is let go of by nobody: not by an officer, and not by the server in their name', async () => {
    const [wall] = await owner.rows<{ id: string }>('SELECT id FROM case_walls WHERE case_id = $1', [found.id]);
    const path = `/staff/cases/${found.id}/walls/${wall?.id ?? ''}/lift`;
    for (const who of [ana, ben, cat]) expect((await (await clientOf(who)).submit(path)).status).toBe(404);
    const lift = `UPDATE case_walls SET lifted_by = $2, lifted_on = '2026-11-29' WHERE id = $1 RETURNING id`;
    const lifted = await app.app
      .get(Database)
      .asActor(ben.actor, (manager) => manager.query<[unknown[], number]>(lift, [wall?.id, ben.actor.staffId]));
    expect(lifted).toEqual([[], 0]);
    await expect(owner.rows(lift, [wall?.id, ben.actor.staffId])).rejects.toThrow(/ck_case_walls_lifted/);
  });

  it('is granted to none of their keys by whoever asks whom to leave out, a later one of theirs included', async () => {
    await owner.rows(
      `INSERT INTO staff_keys (kid, staff_id, purpose, jwk, retired_at)
       SELECT 'their-next', staff_id, purpose, jwk, now() FROM staff_keys WHERE kid = $1`,
      [cat.agreement.kid],
    );
    await app.app.get(Database).asActor(ana.actor, async (manager) => {
      expect([...(await kidsBehindWalls(manager, found.id))].sort()).toEqual([cat.agreement.kid, 'their-next'].sort());
      expect(await isWalled(manager, found.id, cat.actor.staffId)).toBe(true);
    });
  });

  it('is recorded as such, with the day alone', async () => {
    const logged = await owner.rows(
      `SELECT actor_kind, actor_id, subject, happened_at FROM audit_entries WHERE case_id = $1 AND action = 'case.reader_excluded'`,
      [found.id],
    );
    expect(logged).toEqual([{ actor_kind: 'public', actor_id: '', subject: cat.agreement.kid, happened_at: null }]);
  });

  it('may be sealed by the client, and then nothing may be granted to who is left out', async () => {
    const all = await seal({ readers, receiver: 'sfo' });
    expect(await refused({ statement: undefined, ...all.submission, excluded: out(cat) })).toEqual(
      expect.arrayContaining([expect.stringMatching(/^grants\.\d\.reader not_current_reader$/)]),
    );
    const rest = await seal({ readers: readers.filter(({ kid }) => kid !== cat.agreement.kid), receiver: 'sfo' });
    const { id } = await lodged({ ...rest.submission, excluded: out(cat) });
    expect(await owner.rows(`SELECT staff_id, set_by FROM case_walls WHERE case_id = $1`, [id])).toEqual([
      { staff_id: cat.actor.staffId, set_by: null },
    ]);
  });
});

describe('leaving somebody out is refused', () => {
  it('where fewer than two people would be left', async () => {
    expect(await refused({ excluded: out(ana, cat) })).toEqual(['excluded too_few_left']);
  });

  it('of who does not read there: a stranger, the recovery key, somebody of another agency', async () => {
    const people = out(ana, ben, cat);
    const onPaper = readers.find(({ kid }) => !people.includes(kid));
    const elsewhere = await readersOf(app, 'triage', 'disclosures');
    for (const kid of ['A'.repeat(43), onPaper?.kid, elsewhere[0]?.kid]) {
      expect(await refused({ excluded: [kid] })).toEqual(['excluded not_current_reader']);
    }
  });

  it('of a complaint, which all officers read', async () => {
    expect(await refused({ facets: FACETS, excluded: out(cat) })).toEqual(['excluded not_of_a_complaint']);
  });

  it.each([
    ['a list of something else', ['x']],
    ['no list', 'x'],
    ['null', null],
    ['the same twice', ['A'.repeat(43), 'A'.repeat(43)]],
    ['more than an agency has', Array.from({ length: 31 }, (_, at) => String.fromCharCode(65 + at).repeat(43))],
  ])('where it is no list of keys, but %s', async (_what, excluded) => {
    expect((await refused({ excluded }))[0]).toMatch(/^excluded/);
  });

  it('to whoever would wall off a case that is not the one they lodge', async () => {
    const [row] = await owner.rows<{ id: string }>('SELECT id FROM cases LIMIT 1');
    const put = app.app
      .get(Database)
      .asActor({ kind: 'public' }, (manager) =>
        manager.query(
          `INSERT INTO case_walls (id, case_id, staff_id, reason, set_by, set_on) VALUES ($1, $2, $3, 'excluded', NULL, now())`,
          [randomUUID(), row?.id, ana.actor.staffId],
        ),
      );
    await expect(put).rejects.toThrow(/row-level security/);
  });
});

describe('with a script', () => {
  it('whoever is ticked by what the agency publishes of them is granted nothing', async () => {
    await owner.rows(`UPDATE staff SET published_as = 'Manager, Procurement' WHERE id = $1`, [cat.actor.staffId]);
    const { page, wrong, sent } = await visit(browser);
    await answerQuestions(page, app.publicOrigin, WAY);
    await page.getByLabel('Manager, Procurement').check();
    await page.getByLabel('Disclosure officer 2').check();
    await page.getByRole('button', { name: /^Write to/ }).click();
    await page.getByRole('link', { name: /^Fewer than two people would be left/ }).waitFor();
    await look(page);
    await page.getByLabel('Disclosure officer 2').uncheck();
    await page.getByRole('button', { name: /^Write to/ }).click();
    await lookAndPress(page, 'Go on and write');
    await page.getByText('It will not be read by: Manager, Procurement').waitFor();
    await look(page);
    await page.fill('#whatHappened', 'Sealed words');
    for (let step = 0; step < 5; step++) await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.getByRole('button', { name: 'Seal and send' }).click();
    const { id } = await owner.placed((await page.textContent('[data-slot=reference]')) ?? '');
    expect(sent.join()).not.toContain('Sealed words');
    expect(wrong).toEqual([]);
    expect(await new Officer(app, ana).read(id)).toMatchObject({ statement: { whatHappened: 'Sealed words' } });
    expect(await owner.rows('SELECT FROM case_grants WHERE case_id = $1 AND reader = $2', [id, out(cat)[0]])).toEqual(
      [],
    );
    expect(await owner.rows('SELECT staff_id FROM case_walls WHERE case_id = $1', [id])).toEqual([
      { staff_id: cat.actor.staffId },
    ]);
    await page.context().close();
  });
});

describe('without a script', () => {
  it('the page says who would read it, and whoever is ticked does not', async () => {
    const visitor = new Visitor(app);
    const { text } = await visitor.walk(DISCLOSURE);
    expect([...text.matchAll(/name="excluded"/g)]).toHaveLength(3);
    for (const { actor } of [ana, ben, cat]) expect(text).not.toContain(actor.displayName);
    expect((await visitor.submit('/decision', { way: 'send', excluded: out(cat) })).location).toBe('/before-writing');
    const page = await visitor.get('/write');
    expect(page.text).toContain('It will not be read by:');
    const { text: receipt } = await visitor.submit('/write', WORDS);
    const reference = /[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{3}/.exec(receipt)?.[0] ?? '';
    const { id } = await owner.placed(reference);
    expect(await owner.rows('SELECT staff_id FROM case_walls WHERE case_id = $1', [id])).toEqual([
      { staff_id: cat.actor.staffId },
    ]);
    expect(await owner.rows('SELECT FROM case_grants WHERE case_id = $1 AND reader = $2', [id, out(cat)[0]])).toEqual(
      [],
    );
    expect(await new Officer(app, ana).read(id)).toMatchObject({ statement: WORDS });
  });

  it('a complaint’s page names nobody', async () => {
    expect((await new Visitor(app).walk(FACETS)).text).not.toContain('name="excluded"');
  });

  it('no box is shown where nobody can be spared, and the page says what to do instead', async () => {
    const visitor = new Visitor(app);
    await visitor.walk(DISCLOSURE);
    await visitor.submit('/decision', { way: 'change', destination: 'oag' });
    const { text } = await visitor.get('/decision');
    expect(text).toContain('would read it for one of them to be left out');
    expect(text).not.toContain('name="excluded"');
    // Nor is anybody left out who is named all the same.
    const [one] = await readersOf(app, 'triage', 'disclosures');
    const page = await visitor.submit('/decision', { way: 'triage_desk', excluded: [one?.kid ?? ''] });
    expect([page.status, blamedOn(page)]).toEqual([422, ['excluded']]);
  });

  it('the page offers another receiver where too few would be left, and keeps what was ticked', async () => {
    const visitor = new Visitor(app);
    await visitor.walk(DISCLOSURE);
    const page = await visitor.submit('/decision', { way: 'send', excluded: out(ben, cat) });
    expect([page.status, blamedOn(page)]).toEqual([422, ['excluded']]);
    expect([...page.text.matchAll(/value="([\w-]{43})" checked/g)].map(([, kid]) => kid).sort()).toEqual(
      out(ben, cat).sort(),
    );
    const other = /<button[^>]* name="destination" value="([a-z_]+)">Show me/.exec(page.text)?.[1] ?? '';
    expect(other).not.toBe('');
    expect((await visitor.submit('/decision', { way: 'change', destination: other })).location).toBe('/decision');
    expect((await visitor.get('/decision')).text).toContain(`value="${other}" selected`);
  });

  it('whoever was left out and has another key by now is asked about again, and no word is lost', async () => {
    const visitor = new Visitor(app);
    await visitor.walk(DISCLOSURE);
    await visitor.submit('/decision', { way: 'send', excluded: out(cat) });
    await visitor.get('/write');
    const page: Page = await visitor.submit('/write', { ...WORDS, excluded: 'A'.repeat(43) });
    expect([page.status, blamedOn(page), held(page, 'whatHappened')]).toEqual([422, ['excluded'], 'Words']);
    expect([...page.text.matchAll(/name="excluded" type="checkbox"/g)]).toHaveLength(3);
    expect((await visitor.submit('/write', { ...WORDS, excluded: out(cat) })).text).toContain('receipt');
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../config/database.js';
import { placeCase } from '../../src/cases/place-case.js';
import { RulesetRegister } from '../../src/routing/ruleset-register.js';
import { Routing } from '../../src/routing/routing.service.js';
import { dayInAuckland } from '../../src/web/day.js';
import { FACETS, Owner, readersOf, seal, submit, type Lodged } from '../intake/door.js';
import { Visitor } from '../intake/visitor.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { FIRST, makeRulesFolder, type RulesFolder } from './rules-folder.js';

const WORDS = { whatHappened: 'Words' };

let rules: RulesFolder;
let app: TestApp;
let owner: Owner;
let routing: Routing;

beforeAll(async () => {
  rules = await makeRulesFolder();
  await rules.add('2027-01-01', 'msd', 'ombudsman');
  app = await startApp({ ROUTING_RULES: rules.path, ROLE: 'web' });
  owner = await Owner.of(app);
  for (const id of ['msd', 'ombudsman', 'triage']) await openTestAgency(app, id);
  routing = app.app.get(Routing);
  // What is in force is said here; the register, which is empty, would take it back every few seconds.
  await app.app.get(RulesetRegister, { strict: false }).beforeApplicationShutdown();
});

afterAll(async () => {
  await owner.close();
  await app.close();
  await rules.remove();
});

/** As two people would have it, for today. */
const newRules = (): void => {
  routing.follow([{ version: '2027-01-01', from: dayInAuckland() }]);
};
const oldRules = (): void => {
  routing.follow([]);
};

interface Stored {
  readonly id: string;
  readonly agency_id: string;
  readonly ruleset: string;
  readonly decided_for: string | null;
  readonly chosen: string | null;
}

async function lodge(chosen?: string): Promise<Stored> {
  const response = await submit(app, { facets: FACETS, statement: WORDS, ...(chosen ? { destination: chosen } : {}) });
  expect(response.status).toBe(201);
  const { reference } = (await response.json()) as Lodged;
  const [row] = await owner.rows<Stored>('SELECT * FROM cases WHERE reference = $1', [reference]);
  if (!row) throw new Error('it was not stored');
  return row;
}

const where = async (id: string) =>
  (await owner.rows<Stored>('SELECT agency_id, ruleset, decided_for, chosen FROM cases WHERE id = $1', [id]))[0];
const place = (id: string): Promise<void> =>
  app.app
    .get(Database)
    .asActor({ kind: 'system', name: 'queue' }, (manager) =>
      placeCase(
        manager,
        { id, queue: 'routing', name: 'place_case', caseId: id, dueAt: new Date() },
        routing.directory,
      ),
    );
const traces = async (id: string): Promise<unknown> =>
  (
    await owner.rows(
      `SELECT (SELECT count(*)::int FROM case_events WHERE case_id = $1) AS events,
              (SELECT count(*)::int FROM clocks WHERE case_id = $1) AS clocks,
              (SELECT count(*)::int FROM outbox WHERE case_id = $1) AS jobs`,
      [id],
    )
  )[0];

describe('a case that was lodged', () => {
  it('is placed where it was lodged, although other rules came into force before', async () => {
    oldRules();
    const { id } = await lodge();
    newRules();
    await place(id);
    expect(await where(id)).toEqual({ agency_id: 'msd', ruleset: FIRST, decided_for: 'msd', chosen: null });
  });

  it('stays where a human placed it, whatever the queue does again and whatever the rules say', async () => {
    oldRules();
    const chosen = await lodge('ombudsman');
    const moved = await lodge();
    await place(chosen.id);
    await place(moved.id);
    await owner.rows(`UPDATE cases SET agency_id = 'triage' WHERE id = $1`, [moved.id]); // as a referral does
    const before = [await traces(chosen.id), await traces(moved.id)];
    newRules();
    for (const { id } of [chosen, moved]) await place(id);
    expect(await where(chosen.id)).toEqual({
      agency_id: 'ombudsman',
      ruleset: FIRST,
      decided_for: 'msd',
      chosen: 'ombudsman',
    });
    expect(await where(moved.id)).toMatchObject({ agency_id: 'triage', ruleset: FIRST, decided_for: 'msd' });
    expect([await traces(chosen.id), await traces(moved.id)]).toEqual(before);
  });
});

describe('rules that change while a person writes', () => {
  it('send the words nowhere else than the page said: it says where they would go now, and keeps them', async () => {
    oldRules();
    const visitor = new Visitor(app);
    await visitor.walk(FACETS);
    await visitor.submit('/decision', { way: 'send' });
    const page = await visitor.get('/write');
    expect(page.text).toContain('<strong>Ministry of Social Development');
    newRules();
    const count = async () => (await owner.rows('SELECT FROM cases')).length;
    const before = await count();
    const refused = await visitor.submit('/write', { whatHappened: 'My own words' });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('Where this goes has changed while you wrote.');
    expect(refused.text).toContain('<strong>Office of the Ombudsman');
    expect(refused.text).toContain('My own words');
    expect(await count()).toBe(before);
    // Sent from the page that says so, they go there.
    expect((await visitor.submit('/write', { whatHappened: 'My own words' })).status).toBe(200);
    expect(await count()).toBe(before + 1);
    expect(await owner.rows('SELECT ruleset FROM cases ORDER BY lodged_on DESC')).toContainEqual({
      ruleset: '2027-01-01',
    });
  });

  it('turn away what was sealed for another agency than the one it would go to', async () => {
    oldRules();
    const sealed = await seal({ readers: await readersOf(app, 'msd'), receiver: 'msd' });
    newRules();
    const response = await submit(app, { facets: FACETS, ...sealed.submission });
    expect(response.status).toBe(422);
    const { errors } = (await response.json()) as { errors: { code: string }[] };
    expect(errors.map(({ code }) => code)).toContain('not_current_reader');
    // Where the person chose the agency themselves, it goes there all the same.
    const chosen = await submit(app, { facets: FACETS, destination: 'msd', ...sealed.submission });
    expect(chosen.status).toBe(201);
  });
});

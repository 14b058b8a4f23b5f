import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { addWorkingDays, todayInAuckland } from '../../src/clocks/calendar.js';
import { plusDays } from '../../src/clocks/holidays.js';
import { writeCursor } from '../../src/cases/list-cursor.js';
import { dueQuery } from '../../src/disclosures/list-due.js';
import type { MailboxSide } from '../../src/mailbox/mailbox-side.js';
import { dayInWords } from '../../src/web/day.js';
import type { Desk } from '../cases/desk.js';
import { seat, type AtDesk } from '../cases/handing-on.js';
import { lodge } from '../cases/sealed-cases.js';
import { Caller } from '../mailbox/mailbox-app.js';
import type { TestApp } from '../support/app.js';
import { moveBack, moveTo } from '../support/moved-time.js';
import { StepsOf } from './duties.js';
import { startWithMailbox, type Disclosure, type WithMailbox } from './with-mailbox.js';

let scene: WithMailbox;
let app: TestApp;
let desk: Desk;
let ana: AtDesk;
let ben: AtDesk;
let hana: AtDesk;

const TODAY = todayInAuckland();
const DUE = addWorkingDays('legislation', TODAY, 20);
const AFTER = plusDays(DUE, 1);
const LATER = plusDays(DUE, 60);

beforeAll(async () => {
  scene = await startWithMailbox();
  ({ app, desk, ana, ben, hana } = scene);
});
afterEach(moveBack);
afterAll(() => scene.close());

const begin = (by?: AtDesk): Promise<Disclosure> => scene.begin(by);

/** What the person sees in their mailbox. */
async function seen({ of }: Disclosure): Promise<MailboxSide> {
  const { receipt } = of.lodging;
  const caller = await new Caller(app.publicOrigin).openById({ ...of, receipt });
  return caller.read();
}

const furtherOf = async (of: Disclosure): Promise<string | null | undefined> => (await seen(of)).steps?.further;

const read = async (by: AtDesk, path: string): Promise<string> => {
  const { status, text } = await by.client.get(path);
  expect([path, status]).toEqual([path, 200]);
  return text.replaceAll(/\s+/g, ' ');
};

describe('s 13: the person', () => {
  it('sees what should be done by when, each step as it is done, and only its day', async () => {
    const steps = await begin();
    const before = (await seen(steps)).steps;
    expect(before?.due).toContain(`by ${dayInWords(DUE, 'en')}`);
    expect(before?.due).toContain('not a limit that you can enforce');
    expect(before?.list.map(({ on }) => on)).toEqual([null, null, null, null, null]);
    await steps.firstThree();
    const { steps: after, timeline } = await seen(steps);
    expect(after?.list.map(({ on }) => on)).toEqual([TODAY, TODAY, TODAY, null, null]);
    expect(timeline.slice(-3).map(({ kind, on }) => [kind, on])).toEqual([
      ['acknowledged', TODAY],
      ['considered', TODAY],
      ['asked_elsewhere', TODAY],
    ]);
    expect(timeline.at(-1)?.text).toContain('asked you whether you told anybody else');
  });

  it('sees until when it takes instead, and by when they should hear how it goes', async () => {
    const steps = await begin();
    await steps.firstThree();
    await steps.extend(LATER);
    expect((await seen(steps)).steps?.longer).toContain(dayInWords(LATER, 'en'));
    expect((await seen(steps)).steps?.longer).toContain('As an aim of ours you hear from them by');
    await steps.deal();
    await steps.inform();
    expect((await seen(steps)).steps?.longer).toBeNull();
  });

  it('sees none of it on a complaint', async () => {
    const lodged = await lodge(desk, { agencyId: 'hdc', path: 'complaint' });
    expect((await seen(new StepsOf(ana, lodged, TODAY) as Disclosure)).steps).toBeNull();
  });
});

describe('s 14: to whom the person can turn next', () => {
  it('is told from the day after the last of the twenty, where a step is missing', async () => {
    const steps = await begin();
    moveTo(DUE);
    expect(await furtherOf(steps)).toBeNull();
    moveTo(AFTER);
    const further = await furtherOf(steps);
    expect(further).toContain('an Ombudsman or a Minister');
    expect(further).toContain('Check with the Ombudsman');
    await steps.firstThree();
    await steps.deal();
    await steps.inform();
    expect(await furtherOf(steps)).toBeNull();
  });

  it('is not told while it takes longer as they said it would, and is once that day is past', async () => {
    const steps = await begin();
    await steps.firstThree();
    await steps.extend(LATER);
    moveTo(LATER);
    expect(await furtherOf(steps)).toBeNull();
    moveTo(plusDays(LATER, 1));
    expect(await furtherOf(steps)).toContain('a Minister');
  });

  it('is told where nothing is to be done about it, after it was closed too', async () => {
    const steps = await begin();
    await steps.firstThree();
    await steps.deal(['no_action'], 'too_long_ago');
    await steps.inform();
    await steps.support();
    await steps.close();
    expect(await furtherOf(steps)).toBeNull();
    moveTo(AFTER);
    expect(await furtherOf(steps)).toContain('a Minister');
    expect((await seen(steps)).outcome).toMatchObject({ code: 'no_action' });
  });

  it('does not lead from the Ombudsman to the Ombudsman', async () => {
    const steps = await begin(hana);
    moveTo(AFTER);
    const further = await furtherOf(steps);
    expect(further).toContain('a Minister');
    expect(further).not.toContain('tell an Ombudsman');
    expect(further).not.toContain('Check with the Ombudsman');
  });
});

/** What stands above the list of disclosures as late. */
const topOf = async (by: AtDesk): Promise<string> =>
  /<section[^>]*id="late".*?<\/section>/.exec(await read(by, '/staff/disclosures'))?.[0] ?? '';

describe('what is due on disclosures', () => {
  it('stands on the list of each to whom it was granted, late at the top whoever has it, and nowhere else', async () => {
    const steps = await begin();
    const { reference } = steps.of;
    expect(await read(ben, '/staff/disclosures')).toContain('Acknowledge the disclosure, by ');
    expect(await read(ben, '/staff/disclosures/due')).not.toContain(reference);
    await ana.client.submit(`/staff/cases/${steps.of.id}/take`, { heldBy: '' });
    moveTo(plusDays(DUE, -1));
    expect(await read(ben, '/staff/disclosures/due')).toContain(reference);
    expect(await topOf(ben)).not.toContain(reference);
    moveTo(AFTER);
    for (const by of [ana, ben]) {
      expect(await topOf(by)).toContain(reference);
      expect(await read(by, '/staff/disclosures/due')).toContain('Late');
    }
    const cameLater = await seat(desk, 'hdc', ['disclosure_officer']);
    expect(await read(cameLater, '/staff/disclosures')).not.toContain('id="late"');
    expect(await read(cameLater, '/staff/disclosures/due')).not.toContain(reference);
    await ben.client.submit(`/staff/cases/${steps.of.id}/walls`, { staffId: ana.who.actor.staffId, reason: 'named' });
    for (const path of ['/staff/disclosures', '/staff/disclosures/due']) {
      expect(await read(ana, path)).not.toContain(reference);
    }
  });

  it('moves as steps are taken, and is gone once the person was told', async () => {
    const steps = await begin();
    await steps.firstThree();
    await steps.extend(LATER);
    moveTo(AFTER);
    expect(await read(ben, '/staff/disclosures/due')).toContain('Tell the person how it goes');
    await steps.deal();
    await steps.inform();
    expect(await read(ben, '/staff/disclosures/due')).not.toContain(steps.of.reference);
  });

  it('goes on from where a page ended, also once the last one there has moved on', async () => {
    const [gone, left] = [await begin(), await begin()];
    const places = await desk.rows<{ id: string; day: string }>(
      `SELECT case_id AS id, to_char(next_on, 'YYYY-MM-DD') AS day FROM clocks
        WHERE case_id = ANY ($1) AND kind = 's13' ORDER BY next_on, case_id`,
      [[gone, left].map(({ of }) => of.id)],
    );
    const [first] = places;
    if (!first) throw new Error('There is nothing due.');
    const [moves, stays] = first.id === gone.of.id ? [gone, left] : [left, gone];
    moveTo(AFTER);
    const path = `/staff/disclosures/due?after=${writeCursor(first)}`;
    expect(await read(ben, path)).toContain(stays.of.reference);
    await desk.rows('DELETE FROM clocks WHERE case_id = $1', [moves.of.id]);
    expect(await read(ben, path)).toContain(stays.of.reference);
    expect((await ben.client.get('/staff/disclosures/due?after=no')).status).toBe(422);
  });

  it('is found by an index of the steps that are due, however many there are', async () => {
    await desk.rows(`
      WITH made AS (
        INSERT INTO cases (id, reference, agency_id, path, delivery, ruleset, rules, sealed_where, status, lodged_on)
        SELECT gen_random_uuid(), 'many-' || n, 'hdc', 'disclosure', 'direct', 'test', '{}', 'browser', 'acknowledged', '2026-01-01'
          FROM generate_series(1, 5000) n RETURNING id)
      INSERT INTO clocks (case_id, kind, basis, started_on, due_on, agency_id, next_on, met_on)
      SELECT id, 's13', 'pda_s13', '2026-01-01', '2026-02-01', 'hdc', '2026-02-01', '2026-01-20' FROM made`);
    await desk.rows('ANALYZE cases');
    await desk.rows('ANALYZE clocks');
    const { text, values } = dueQuery(ben.who.actor, AFTER, 50);
    const plan = await desk.rows<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, values);
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('ix_clocks_steps');
  });
});

describe('s 15: the register of decisions to take no action', () => {
  it('lists those on disclosures that an officer may read, with the reason, a page at a time', async () => {
    const steps = await begin();
    await steps.firstThree();
    await steps.deal(['no_action'], 'better_addressed_otherwise');
    expect(await read(ben, '/staff/disclosures/registers')).toContain('/staff/disclosures/registers/no-action');
    const page = await read(ben, '/staff/disclosures/registers/no-action');
    expect(page).toContain(steps.of.reference);
    expect(page).toContain('It is better addressed by other means');
    expect(await read(hana, '/staff/disclosures/registers/no-action')).not.toContain(steps.of.reference);
    const [step] = await desk.rows<{ id: string; day: string }>(
      `SELECT id, to_char(taken_on, 'YYYY-MM-DD') AS day FROM disclosure_steps WHERE reason IS NOT NULL AND case_id = $1`,
      [steps.of.id],
    );
    const after = step ? writeCursor(step) : '';
    expect(await read(ben, `/staff/disclosures/registers/no-action?after=${after}`)).not.toContain(steps.of.reference);
    for (const path of ['due', 'registers', 'registers/no-action']) {
      expect(
        (await (await seat(desk, 'hdc', ['officer', 'lead'])).client.get(`/staff/disclosures/${path}`)).status,
      ).toBe(404);
    }
  });
});

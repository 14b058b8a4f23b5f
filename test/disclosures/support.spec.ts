import { aMonthAfter, monthsAfter } from '../../src/clocks/months.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { addWorkingDays, todayInAuckland } from '../../src/clocks/calendar.js';
import { plusDays } from '../../src/clocks/holidays.js';
import { dayInWords } from '../../src/web/day.js';
import { atOnce, type Desk } from '../cases/desk.js';
import { seat, type AtDesk } from '../cases/handing-on.js';
import { lodge, wordsOf } from '../cases/sealed-cases.js';
import { Visitor } from '../intake/visitor.js';
import { sealMessage } from '../../src/mailbox/seal-message.js';
import { Caller } from '../mailbox/mailbox-app.js';
import type { TestApp } from '../support/app.js';
import { moveBack, moveTo } from '../support/moved-time.js';
import { StepsOf } from './duties.js';
import { startWithMailbox, type Disclosure, type WithMailbox } from './with-mailbox.js';
import { sealedReview, sendReview } from './support.js';

let scene: WithMailbox;
let app: TestApp;
let desk: Desk;
let ana: AtDesk;
let ben: AtDesk;
let hana: AtDesk;

const TODAY = todayInAuckland();
const IN_A_MONTH = aMonthAfter(TODAY);
const THREE_MONTHS = monthsAfter(TODAY, 3);

beforeAll(async () => {
  scene = await startWithMailbox();
  ({ app, desk, ana, ben, hana } = scene);
});
afterEach(moveBack);
afterAll(() => scene.close());

const begin = (by?: AtDesk): Promise<Disclosure> => scene.begin(by);

async function dealtWith(): Promise<Disclosure> {
  const steps = await begin();
  await steps.firstThree();
  await steps.deal();
  await steps.inform();
  return steps;
}

const read = async (by: AtDesk, path: string): Promise<string> => {
  const { status, text } = await by.client.get(path);
  expect([path, status]).toEqual([path, 200]);
  return text.replaceAll(/\s+/g, ' ');
};

const dueOf = async ({ of }: Disclosure): Promise<string | null | undefined> =>
  (
    await desk.rows<{ due: string | null }>(
      `SELECT to_char(due_on, 'YYYY-MM-DD') AS due FROM support_due WHERE case_id = $1`,
      [of.id],
    )
  )[0]?.due;

const kept = async ({ of }: Disclosure): Promise<string[]> =>
  (
    await desk.rows<{ kind: string }>('SELECT kind FROM support_reviews WHERE case_id = $1 ORDER BY number', [of.id])
  ).map(({ kind }) => kind);

/** The line of a disclosure in the list of support that is due; undefined where it is not there. */
async function listed(by: AtDesk, { of }: Disclosure): Promise<string | undefined> {
  const page = await read(by, '/staff/disclosures/due');
  return new RegExp(`<tr[^>]*>(?:(?!</tr>).)*/staff/cases/${of.id}/support.*?</tr>`).exec(page)?.[0];
}

describe('ss 20-24: a disclosure', () => {
  it('is not closed before the risk was assessed and support was planned, and its page says so', async () => {
    const steps = await dealtWith();
    const at = `/staff/cases/${steps.of.id}`;
    expect((await steps.close()).status).toBe(409);
    const before = await read(ana, `${at}/duties`);
    expect(before).toContain('It is not written down what the person risks.');
    expect(before).toContain('There is no plan for how the person is supported.');
    expect((await sendReview(ana, steps.of, 'assessment', await sealedReview(ana, steps.of, 1))).status).toBe(204);
    expect((await steps.close()).status).toBe(409);
    expect((await sendReview(ana, steps.of, 'plan', await sealedReview(ana, steps.of, 2))).status).toBe(204);
    expect((await steps.close()).status).toBe(303);
  });

  it('is looked at again three months after closing or when the officer says, and stands among what is due then', async () => {
    const steps = await dealtWith();
    await steps.support();
    expect(await read(ana, `/staff/cases/${steps.of.id}/duties`)).toContain(`value="${THREE_MONTHS}"`);
    for (const recheckOn of [TODAY, plusDays(monthsAfter(TODAY, 12), 1), '2027-02-30', '']) {
      const answer = await ana.client.submit(`/staff/cases/${steps.of.id}/duties/close`, { recheckOn });
      expect([answer.status, answer.text.includes('no more than a year ahead')]).toEqual([422, true]);
    }
    expect((await steps.close()).status).toBe(303);
    expect(await dueOf(steps)).toBe(THREE_MONTHS);
    expect(await listed(ana, steps)).toBeUndefined();
    moveTo(plusDays(THREE_MONTHS, 1));
    expect(await listed(ben, steps)).toContain('Late');
    const without = await sealedReview(ana, steps.of, 4, 'Nobody was punished.', null);
    expect((await sendReview(ana, steps.of, 'recheck', without)).status).toBe(204);
    expect(await listed(ana, steps)).toBeUndefined();
    expect(await read(ana, `/staff/cases/${steps.of.id}/support`)).toContain('No further check was needed.');
  });

  it('says nowhere in clear how high the risk is, and the person sees only the day', async () => {
    const steps = await begin();
    const says = 'Assessment of the risk\n\nHow likely is it?\nVery high indeed';
    const review = await sealedReview(ana, steps.of, 1, says);
    expect((await sendReview(ana, steps.of, 'assessment', review)).status).toBe(204);
    const [row] = await desk.rows(
      `SELECT to_jsonb(r) - 'id' - 'case_id' - 'item_id' - 'made_by' AS clear FROM support_reviews r WHERE case_id = $1`,
      [steps.of.id],
    );
    const days = { made_on: TODAY, next_on: IN_A_MONTH };
    expect(row).toEqual({ clear: { agency_id: 'hdc', kind: 'assessment', number: 1, round: 0, ...days } });
    for (const table of ['case_items', 'case_events', 'audit_entries', 'outbox']) {
      const [found] = await desk.rows(`SELECT count(*)::int AS n FROM ${table} t WHERE t::text ~* 'high indeed'`);
      expect([table, found]).toEqual([table, { n: 0 }]);
    }
    expect((await wordsOf(ben.client, steps.of.id, await ben.keys())).at(-1)).toEqual(['note', { text: says }]);
    const [event] = await desk.rows(
      `SELECT kind, to_char(happened_on, 'YYYY-MM-DD') AS on FROM case_events WHERE case_id = $1 ORDER BY position DESC`,
      [steps.of.id],
    );
    expect(event).toEqual({ kind: 'support_looked_at', on: TODAY });
  });

  it('shows the officer what a reprisal is and what the person can do, and says that good practice is no law', async () => {
    const steps = await begin();
    const page = await read(ana, `/staff/cases/${steps.of.id}/support`);
    expect(page).toContain('Good practice is');
    expect(page).toContain('personal grievance');
    expect(page).toContain('section 110B');
    expect(page).toContain('https://www.ombudsman.parliament.nz');
    expect(page).not.toContain('/support/recheck');
    expect(await read(ana, `/staff/cases/${steps.of.id}/support/assessment`)).toContain(`value="${IN_A_MONTH}"`);
    expect(await read(ana, `/staff/cases/${steps.of.id}/support/recheck`)).toContain('There is nothing to check again');
    const early = await sendReview(ana, steps.of, 'recheck', await sealedReview(ana, steps.of, 1));
    expect([early.status, early.json()]).toMatchObject([409, { code: 'nothing_to_check' }]);
  });
});

describe('ss 20-24: what is written about support', () => {
  it('twice, also at once, is kept once; something else under its number is a conflict', async () => {
    const steps = await begin();
    const review = await sealedReview(ana, steps.of, 1);
    const send = () => sendReview(ana, steps.of, 'assessment', review);
    expect((await atOnce(desk, steps.of.id, [send, send])).map(({ status }) => status)).toEqual([204, 204]);
    expect((await send()).status).toBe(204);
    expect(await kept(steps)).toEqual(['assessment']);
    const changed = { ...review, nextOn: plusDays(IN_A_MONTH, 1) };
    const other = await sendReview(ana, steps.of, 'assessment', changed);
    expect([other.status, other.json()]).toMatchObject([409, { code: 'review_exists' }]);
  });

  it('by two officers at the same time is kept of one, and the other is told', async () => {
    const steps = await begin();
    await sendReview(ana, steps.of, 'assessment', await sealedReview(ana, steps.of, 1));
    const [anas, bens] = [await sealedReview(ana, steps.of, 2), await sealedReview(ben, steps.of, 2)];
    const answers = await atOnce(desk, steps.of.id, [
      () => sendReview(ana, steps.of, 'plan', anas),
      () => sendReview(ben, steps.of, 'plan', bens),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    expect(await kept(steps)).toEqual(['assessment', 'plan']);
  });

  it('has a day after today, in a year at the latest, and a plan always has one', async () => {
    const steps = await begin();
    const last = monthsAfter(TODAY, 12);
    for (const nextOn of [TODAY, plusDays(last, 1), '2027-02-30', 'soon', null]) {
      const wrong = await sealedReview(ana, steps.of, 1, 'A plan', nextOn);
      const answer = await sendReview(ana, steps.of, 'plan', wrong);
      expect([nextOn, answer.status, answer.json()]).toMatchObject([nextOn, 422, { errors: [{ field: 'nextOn' }] }]);
    }
    expect((await sendReview(ana, steps.of, 'plan', await sealedReview(ana, steps.of, 1, 'A plan', last))).status).toBe(
      204,
    );
    expect(await read(ana, `/staff/cases/${steps.of.id}/duties`)).toContain(dayInWords(last, 'en'));
  });

  it('is for whoever may read the disclosure alone, as what is due is, and there is none of a complaint', async () => {
    const steps = await begin();
    const complaint = await lodge(desk, { agencyId: 'hdc', path: 'complaint' });
    const soon = addWorkingDays('legislation', TODAY, 2);
    const review = await sealedReview(ana, steps.of, 1, 'A plan', soon);
    const lead = await seat(desk, 'hdc', ['officer', 'lead']);
    const notGranted = await seat(desk, 'hdc', ['disclosure_officer']);
    const admin = await seat(desk, 'hdc', ['admin']);
    for (const [{ client }, id] of [
      ...[hana, lead, notGranted, admin].map((one) => [one, steps.of.id] as const),
      [ana, complaint.id] as const,
    ]) {
      for (const page of ['', '/plan'])
        expect((await client.get(`/staff/cases/${id}/support${page}`)).status).toBe(404);
      expect((await client.post(`/staff/api/cases/${id}/support/plan`, review)).status).toBe(404);
    }
    expect((await ana.client.get(`/staff/cases/${steps.of.id}/support/nothing`)).status).toBe(404);
    expect(await kept(steps)).toEqual([]);
    expect((await sendReview(ana, steps.of, 'plan', review)).status).toBe(204);
    expect(await listed(ben, steps)).toContain(steps.of.reference);
    for (const other of [hana, notGranted]) expect(await listed(other, steps)).toBeUndefined();
  });
});

describe('ss 20-24: whoever is punished for speaking up', () => {
  const NEXT = addWorkingDays('legislation', TODAY, 1);

  async function person({ of }: Disclosure): Promise<{ caller: Caller; tell: (more?: object) => Promise<number> }> {
    const receipt = of.lodging.receipt;
    const caller = await new Caller(app.publicOrigin).openById({ ...of, receipt });
    const tell = async (more: object = { support: true }): Promise<number> => {
      const item = await sealMessage(
        await caller.openHere({ ...of, receipt }),
        crypto.randomUUID(),
        'My shifts are gone.',
      );
      return (await caller.call('POST', '/messages', { item, ...more })).status;
    };
    return { caller, tell };
  }

  it('tells it sealed, and what is kept in clear is only that support is looked at by the next working day', async () => {
    const steps = await dealtWith();
    await steps.support();
    const { caller, tell } = await person(steps);
    expect(await dueOf(steps)).toBe(IN_A_MONTH);
    expect(await tell({})).toBe(201);
    expect(await dueOf(steps)).toBe(IN_A_MONTH);
    expect(await tell()).toBe(201);
    expect(await dueOf(steps)).toBe(NEXT);
    expect(await listed(ben, steps)).toContain(dayInWords(NEXT, 'en'));
    expect((await wordsOf(ben.client, steps.of.id, await ben.keys())).at(-1)).toEqual([
      'message',
      { text: 'My shifts are gone.' },
    ]);
    const messages = await desk.rows(
      `SELECT to_jsonb(e) - 'id' - 'position' AS clear FROM case_events e WHERE case_id = $1 AND kind = 'message'`,
      [steps.of.id],
    );
    expect(messages[1]).toEqual(messages[0]);
    expect((await steps.close()).status).toBe(409);
    // What was begun before the person told it does not put it off.
    const stale = await sendReview(ana, steps.of, 'recheck', await sealedReview(ana, steps.of, 3));
    expect([stale.status, stale.json()]).toMatchObject([409, { code: 'support_moved' }]);
    expect((await sendReview(ana, steps.of, 'recheck', await sealedReview(ana, steps.of, 4))).status).toBe(204);
    expect((await caller.read()).timeline.at(-1)).toMatchObject({ kind: 'support_looked_at', on: TODAY });
    expect((await steps.close()).status).toBe(303);
  });

  it('can tell it after closing too, which nothing else can be, and what is due before stays due', async () => {
    const steps = await dealtWith();
    await steps.support();
    await steps.close();
    const { tell } = await person(steps);
    expect(await tell({})).toBe(409);
    expect(await tell()).toBe(201);
    expect(await dueOf(steps)).toBe(NEXT);
    moveTo(plusDays(NEXT, 3));
    expect(await (await person(steps)).tell()).toBe(201);
    expect(await dueOf(steps)).toBe(NEXT);
  });

  it('tells it without a script, and sending it twice asks once', async () => {
    const steps = await begin();
    const visitor = new Visitor(app);
    await visitor.get('/start');
    await visitor.submit('/mailbox', { receipt: steps.of.lodging.receipt });
    const { text: page } = await visitor.get('/mailbox/case');
    expect(page).toContain('Tell them that I am being punished for speaking up');
    const id = /name="id" value="([^"]+)">\s*<input type="hidden" name="support"/.exec(page)?.[1] ?? '';
    const empty = await visitor.submit('/mailbox/case/messages', { id, support: 'yes', text: ' ' });
    expect([empty.status, empty.text.includes('href="#punished-text"')]).toEqual([422, true]);
    for (let n = 0; n < 2; n++) {
      const { status } = await visitor.submit('/mailbox/case/messages', {
        id,
        support: 'yes',
        text: 'They shout at me.',
      });
      expect(status).toBe(303);
    }
    expect(await desk.rows('SELECT number FROM support_due WHERE case_id = $1', [steps.of.id])).toEqual([
      { number: 1 },
    ]);
  });

  it('is asked of a disclosure alone: of a complaint nothing is sent', async () => {
    const of = await lodge(desk, { agencyId: 'hdc', path: 'complaint' });
    const { tell } = await person(new StepsOf(ana, of, TODAY) as Disclosure);
    expect(await tell()).toBe(409);
    expect(await tell({})).toBe(201);
  });
});

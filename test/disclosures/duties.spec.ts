import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { addWorkingDays, todayInAuckland } from '../../src/clocks/calendar.js';
import { plusDays } from '../../src/clocks/holidays.js';
import { dayInWords } from '../../src/web/day.js';
import { atOnce, startDesk, type Desk } from '../cases/desk.js';
import { handOver, openAgency, Person, propose, seat, type AtDesk } from '../cases/handing-on.js';
import { lodge, wordsOf, type LodgedCase } from '../cases/sealed-cases.js';
import { moveBack, moveTo } from '../support/moved-time.js';
import { sealedStep, sendStep, StepsOf } from './duties.js';

let desk: Desk;
let ana: AtDesk;
let ben: AtDesk;
let hana: AtDesk;

const TODAY = todayInAuckland();
const DUE = addWorkingDays('legislation', TODAY, 20);
const LATER = plusDays(DUE, 60);

beforeAll(async () => {
  desk = await startDesk();
  [ana, ben] = await openAgency(desk, 'ombudsman');
  [hana] = await openAgency(desk, 'hdc');
});
afterEach(moveBack);
afterAll(() => desk.close());

const disclosure = (): Promise<LodgedCase> => lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });

async function begin(by: AtDesk = ana): Promise<StepsOf> {
  return new StepsOf(by, await disclosure(), TODAY);
}

const pageOf = async ({ of, by }: StepsOf): Promise<string> =>
  (await by.client.get(`/staff/cases/${of.id}/duties`)).text.replaceAll(/\s+/g, ' ');

const stepsTaken = async ({ of }: StepsOf): Promise<string[]> =>
  (
    await desk.rows<{ kind: string }>('SELECT kind FROM disclosure_steps WHERE case_id = $1 ORDER BY round, number', [
      of.id,
    ])
  ).map(({ kind }) => kind);

const clockOf = async ({ of }: StepsOf): Promise<unknown> =>
  (
    await desk.rows(
      `SELECT to_char(started_on, 'YYYY-MM-DD') AS started, to_char(due_on, 'YYYY-MM-DD') AS due,
              to_char(next_on, 'YYYY-MM-DD') AS next, to_char(met_on, 'YYYY-MM-DD') AS met
         FROM clocks WHERE case_id = $1 ORDER BY round DESC LIMIT 1`,
      [of.id],
    )
  )[0];

const eventsOf = async ({ of }: StepsOf): Promise<string[]> =>
  (await desk.rows<{ kind: string }>('SELECT kind FROM case_events WHERE case_id = $1 ORDER BY position', [of.id])).map(
    ({ kind }) => kind,
  );

describe('s 13: within twenty working days', () => {
  it('a receiver acknowledges, considers, asks elsewhere, deals with it and tells the person, and then closes', async () => {
    const steps = await begin();
    expect(await pageOf(steps)).toContain('You should tell the person on which day you received it.');
    expect(await pageOf(steps)).toContain(`/staff/working-days?from=${TODAY}&amp;days=20&amp;law=legislation`);
    await steps.firstThree();
    expect(await pageOf(steps)).toContain('should deal with it');
    expect((await steps.deal(['investigating', 'addressing'])).status).toBe(204);
    expect((await steps.inform()).status).toBe(204);
    await steps.support();
    expect(await clockOf(steps)).toEqual({ started: TODAY, due: DUE, next: DUE, met: TODAY });
    const page = await pageOf(steps);
    expect(page).toContain('Every step was taken');
    expect(page).not.toMatch(/id="late"|late:/);
    expect((await steps.close()).location).toBe(`/staff/cases/${steps.of.id}/duties`);
    expect(await eventsOf(steps)).toEqual([
      ...['lodged', 'placed', 'acknowledged', 'considered', 'asked_elsewhere', 'dealt_with', 'told_why'],
      ...['support_looked_at', 'support_looked_at', 'closed'],
    ]);
    const [row] = await desk.rows(`SELECT status, outcome FROM cases WHERE id = $1`, [steps.of.id]);
    expect(row).toEqual({ status: 'closed', outcome: 'addressed' });
    expect((await steps.close()).status).toBe(303);
    const kept = await desk.rows(
      `SELECT DISTINCT happened_at IS NULL AS day_only FROM audit_entries WHERE case_id = $1 AND action LIKE 'disclosure.%'`,
      [steps.of.id],
    );
    expect(kept).toEqual([{ day_only: true }]);
  });

  it('what is concluded is a note that only the desk reads, and what is asked goes to the person', async () => {
    const steps = await begin();
    await steps.firstThree();
    const read = await wordsOf(ben.client, steps.of.id, await ben.keys());
    expect(read.slice(-2)).toMatchObject([
      ['note', { text: 'It warrants investigation: there are receipts.' }],
      ['reply', { text: 'Have you told anybody else, and what came of it?' }],
    ]);
    const other = await begin();
    await other.acknowledge();
    expect((await other.noteElsewhere()).status).toBe(204);
    expect(await eventsOf(other)).toContain('noted_elsewhere');
  });

  it('what was told by mouth is not acknowledged without a summary to the person', async () => {
    const steps = await begin();
    const bare = await steps.acknowledge({ orally: true });
    expect([bare.status, bare.json()]).toMatchObject([422, { errors: [{ field: 'item', code: 'required' }] }]);
    expect(await stepsTaken(steps)).toEqual([]);
    expect((await steps.acknowledge({ orally: true }, { tells: 'You told us that …' })).status).toBe(204);
    expect(await pageOf(steps)).toContain('It was told by mouth');
  });

  it('the twenty days count from the day on which it was received, which is never later than it lay here', async () => {
    const steps = await begin();
    for (const receivedOn of [plusDays(TODAY, 1), '2022-06-30', '2026-02-30']) {
      const answer = await steps.acknowledge({ receivedOn });
      expect([answer.status, answer.json()]).toMatchObject([422, { errors: [{ field: 'receivedOn' }] }]);
    }
    const before = plusDays(TODAY, -7);
    expect((await steps.acknowledge({ receivedOn: before })).status).toBe(204);
    const due = addWorkingDays('legislation', before, 20);
    expect(await clockOf(steps)).toEqual({ started: before, due, next: due, met: null });
  });

  it('the first three cannot be put off: only then can the person be told that it takes longer', async () => {
    const steps = await begin();
    for (const take of ['acknowledge', 'consider'] as const) {
      const early = await steps.extend(LATER);
      expect([early.status, early.json()]).toMatchObject([409, { code: 'step_not_open' }]);
      await steps[take]();
    }
    expect((await steps.extend(LATER)).status).toBe(409);
    await steps.noteElsewhere();
    expect((await steps.extend(LATER)).status).toBe(204);
    expect((await steps.inform()).status).toBe(409);
  });

  it('where it takes longer the person is told a day, and how it goes; a month at most is our aim, and said to be so', async () => {
    const steps = await begin();
    expect((await steps.update()).status).toBe(409);
    await steps.firstThree();
    for (const wrong of [DUE, TODAY, '2053-01-05', '2027-02-30']) {
      const answer = await steps.extend(wrong);
      expect([answer.status, answer.json()]).toMatchObject([422, { errors: [{ field: 'expectedOn' }] }]);
    }
    expect((await steps.extend(LATER)).status).toBe(204);
    const page = await pageOf(steps);
    expect(page).toContain(`The person was told that it takes until ${dayInWords(LATER, 'en')}`);
    expect(page).toContain('is our own aim, not the law’s');
    expect((await steps.update()).status).toBe(204);
    // Again, later than before, with words again.
    expect((await steps.extend(LATER)).status).toBe(422);
    expect((await steps.extend(plusDays(LATER, 30))).status).toBe(204);
    moveTo(plusDays(DUE, 40));
    expect(await pageOf(steps)).not.toContain('id="late"');
    expect((await steps.deal()).status).toBe(204);
    expect((await steps.inform()).status).toBe(204);
    expect(await pageOf(steps)).not.toContain('late:');
    await steps.support();
    expect((await steps.close()).status).toBe(303);
  });

  it('a step after its day is taken all the same, and stays said to be late', async () => {
    const steps = await begin();
    moveTo(DUE);
    expect(await pageOf(steps)).not.toContain('id="late"');
    moveTo(plusDays(DUE, 1));
    expect(await pageOf(steps)).toContain('id="late"');
    expect((await steps.acknowledge()).status).toBe(204);
    expect(await pageOf(steps)).toContain(`late: it should have been by ${dayInWords(DUE, 'en')}`);
  });

  it('each agency that takes it over has twenty days and steps of its own, and not those of the one before', async () => {
    const lodged = await disclosure();
    const before = new StepsOf(ana, lodged, TODAY);
    await before.firstThree();
    const next = plusDays(TODAY, 3);
    moveTo(next);
    await handOver(desk, lodged, ana, hana, ['case'], (sent) => ({ ...sent, recipientConsultedOn: next }));
    const after = new StepsOf(hana, lodged, next);
    const due = addWorkingDays('legislation', next, 20);
    expect(await clockOf(after)).toEqual({ started: next, due, next: due, met: null });
    expect(await pageOf(after)).toContain('Nothing yet.');
    expect(await pageOf(after)).not.toContain(ana.who.actor.displayName);
    expect((await after.acknowledge()).status).toBe(204);
    expect(await stepsTaken(after)).toEqual(['acknowledge', 'consider', 'elsewhere', 'acknowledge']);
    expect((await before.deal()).status).toBe(404);
  });
});

describe('s 13: a step that is sent', () => {
  it('twice, also at once, is taken once; something else under its number is a conflict', async () => {
    const steps = await begin();
    const step = await sealedStep(ana, steps.of, 1, { tells: 'It has come.' }, { receivedOn: TODAY, orally: false });
    const send = () => sendStep(ana, steps.of, 'acknowledge', step);
    expect((await atOnce(desk, steps.of.id, [send, send])).map(({ status }) => status)).toEqual([204, 204]);
    expect((await send()).status).toBe(204);
    expect(await stepsTaken(steps)).toEqual(['acknowledge']);
    const other = await sendStep(ana, steps.of, 'acknowledge', { ...step, orally: true });
    expect([other.status, other.json()]).toMatchObject([409, { code: 'step_exists' }]);
    const elsewhere = await sendStep(ana, await disclosure(), 'acknowledge', { ...step, item: undefined });
    expect([elsewhere.status, elsewhere.json()]).toMatchObject([409, { code: 'step_exists' }]);
  });

  it('by two officers at the same time is taken by one, and the other is told', async () => {
    const steps = await begin();
    await steps.acknowledge();
    const [anas, bens] = [
      await sealedStep(ana, steps.of, 2, null, { actions: ['investigating'] }),
      await sealedStep(ben, steps.of, 2, { tells: 'Anybody else?' }, { asked: true }),
    ];
    await steps.consider();
    const stale = await sendStep(ana, steps.of, 'deal', anas);
    expect([stale.status, stale.json()]).toMatchObject([409, { code: 'steps_moved' }]);
    const answers = await atOnce(desk, steps.of.id, [
      () => sendStep(ana, steps.of, 'deal', { ...anas, number: 3 }),
      () => sendStep(ben, steps.of, 'elsewhere', { ...bens, number: 3 }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    expect(await stepsTaken(steps)).toHaveLength(3);
  });

  it('is for whoever may read the disclosure alone, and there are none of a complaint', async () => {
    const steps = await begin();
    const complaint = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
    const step = await sealedStep(ana, steps.of, 1, null, { receivedOn: TODAY, orally: false });
    const outsiders = [
      hana,
      await seat(desk, 'ombudsman', ['officer', 'lead']),
      await seat(desk, 'ombudsman', ['admin']),
    ];
    for (const [{ client }, id] of [
      ...outsiders.map((one) => [one, steps.of.id] as const),
      [ana, complaint.id] as const,
    ]) {
      for (const page of ['', '/acknowledge']) {
        expect((await client.get(`/staff/cases/${id}/duties${page}`)).status).toBe(404);
      }
      expect((await client.post(`/staff/api/cases/${id}/duties/acknowledge`, step)).status).toBe(404);
      for (const act of ['close', 'reopen']) {
        expect((await client.submit(`/staff/cases/${id}/duties/${act}`)).status).toBe(404);
      }
    }
    expect((await ana.client.get(`/staff/cases/${steps.of.id}/duties/nothing`)).status).toBe(404);
    expect(await stepsTaken(steps)).toEqual([]);
  });
});

describe('s 15: no action', () => {
  it('takes a reason and, before it can be closed, the reasons in words to the person', async () => {
    const steps = await begin();
    await steps.firstThree();
    for (const [actions, reason] of [
      [['no_action'], undefined],
      [['no_action', 'addressing'], 'too_long_ago'],
      [['addressing'], 'too_long_ago'],
      [[], undefined],
      [['investigating', 'investigating'], undefined],
    ] as const) {
      expect((await steps.deal(actions, reason)).status).toBe(422);
    }
    expect((await steps.deal(['no_action'], 'better_addressed_otherwise')).status).toBe(204);
    const early = await steps.close();
    expect(early.status).toBe(409);
    expect(early.text).toContain('cannot be closed yet');
    await steps.support();
    expect((await steps.inform()).status).toBe(204);
    expect((await steps.close()).status).toBe(303);
    const [row] = await desk.rows(`SELECT outcome FROM cases WHERE id = $1`, [steps.of.id]);
    expect(row).toEqual({ outcome: 'no_action' });
    expect((await ana.client.get(`/staff/cases/${steps.of.id}`)).text).toContain('No action was required');
  });
});

describe('s 16: referring it outside this service', () => {
  it('is recorded only with the days on which the person and the receiver were both consulted', async () => {
    const steps = await begin();
    await steps.firstThree();
    const tomorrow = plusDays(TODAY, 1);
    for (const [field, days] of [
      ['discloserConsultedOn', {}],
      ['discloserConsultedOn', { recipientConsultedOn: TODAY }],
      ['recipientConsultedOn', { discloserConsultedOn: TODAY }],
      ['discloserConsultedOn', { discloserConsultedOn: plusDays(TODAY, -1), recipientConsultedOn: TODAY }],
      ['recipientConsultedOn', { discloserConsultedOn: TODAY, recipientConsultedOn: tomorrow }],
      ['recipientConsultedOn', { discloserConsultedOn: TODAY, recipientConsultedOn: '' }],
    ] as const) {
      const answer = await steps.deal(['addressing', 'referring'], undefined, days);
      expect([answer.status, answer.json()]).toMatchObject([422, { errors: [{ field }] }]);
    }
    const days = { discloserConsultedOn: TODAY, recipientConsultedOn: TODAY };
    expect((await steps.deal(['addressing'], undefined, days)).status).toBe(422);
    expect(await stepsTaken(steps)).toHaveLength(3);
    expect((await steps.deal(['addressing', 'referring'], undefined, days)).status).toBe(204);
    const today = dayInWords(TODAY, 'en');
    expect(await pageOf(steps)).toContain(`the person was consulted on ${today}, and the receiver on ${today}.`);
  });
});

describe('closing a disclosure', () => {
  it('is refused for each step that is missing, and its page says why', async () => {
    const steps = await begin();
    await steps.support();
    const acts = [
      () => steps.acknowledge(),
      () => steps.consider(),
      () => steps.noteElsewhere(),
      () => steps.deal(),
      () => steps.inform(),
    ];
    const why = [
      'on which day you received it',
      'warrants investigation.',
      'asked whether',
      'how it is dealt with',
      'with reasons, what was done last',
    ];
    for (const [at, act] of acts.entries()) {
      const page = await pageOf(steps);
      const listed = /<ul[^>]*id="not-closed">(.*?)<\/ul>/.exec(page)?.[1] ?? '';
      expect(why.map((words) => listed.includes(words))).toEqual(why.map((_, index) => index >= at));
      expect((await steps.close()).status).toBe(409);
      expect((await act()).status).toBe(204);
    }
    expect((await steps.close()).status).toBe(303);
  });

  it('is refused while another agency is asked to take it', async () => {
    const steps = await begin();
    await steps.firstThree();
    await steps.deal(['referring'], undefined, { discloserConsultedOn: TODAY, recipientConsultedOn: TODAY });
    await steps.inform();
    await steps.support();
    const change = { change: (sent: object) => ({ ...sent, recipientConsultedOn: TODAY }) };
    const { id, answer } = await propose(ana, steps.of, 'hdc', change);
    expect(answer.status).toBe(204);
    expect((await steps.close()).status).toBe(409);
    expect(await pageOf(steps)).toContain('Another agency has been asked to take it');
    await (await Person.of(desk, steps.of as LodgedCase)).refuse(id);
    expect((await steps.close()).status).toBe(303);
  });

  it('is not done by the door of complaints, nor is acknowledging or taking up again; an ordinary reply stays possible', async () => {
    const steps = await begin();
    const at = `/staff/cases/${steps.of.id}`;
    for (const page of [at, `${at}/acknowledge`, `${at}/close`]) {
      expect((await ana.client.get(page)).text).toContain(`${at}/duties`);
    }
    expect((await ana.client.submit(`${at}/acknowledge`)).status).toBe(409);
    expect((await ana.client.submit(`${at}/reopen`)).status).toBe(409);
    await steps.firstThree();
    expect((await ana.client.get(at)).text).toContain('Reply to the person');
  });

  it('is undone by taking it up again: what is done about it is said anew, without a new day', async () => {
    const steps = await begin();
    await steps.firstThree();
    await steps.deal(['no_action'], 'other');
    await steps.inform();
    await steps.support();
    expect((await steps.reopen()).status).toBe(409);
    await steps.close();
    expect((await steps.deal()).status).toBe(409);
    expect((await steps.reopen()).status).toBe(303);
    moveTo(plusDays(DUE, 5));
    expect(await pageOf(steps)).not.toContain('id="late"');
    expect((await steps.close()).status).toBe(409);
    expect((await steps.deal(['investigating'])).status).toBe(204);
    expect((await steps.inform()).status).toBe(204);
    expect((await steps.close()).status).toBe(303);
    const [row] = await desk.rows(`SELECT outcome FROM cases WHERE id = $1`, [steps.of.id]);
    expect(row).toEqual({ outcome: 'investigated' });
  });
});

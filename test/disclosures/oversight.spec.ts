import { monthsAfter } from '../../src/clocks/months.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { addWorkingDays, todayInAuckland } from '../../src/clocks/calendar.js';
import { plusDays } from '../../src/clocks/holidays.js';
import { countedSince } from '../../src/disclosures/oversight/count-oversight.js';
import { quarterOf } from '../../src/disclosures/oversight/count-steps.js';
import { JobRegistry } from '../../src/queue/job-registry.js';
import type { OutboxJob } from '../../src/queue/outbox.js';
import type { Role } from '../../src/staff/roles.js';
import { startDesk, type Desk } from '../cases/desk.js';
import { handOver, openAgency, seat, type AtDesk } from '../cases/handing-on.js';
import { lodge, type LodgedCase } from '../cases/sealed-cases.js';
import { moveBack, moveTo } from '../support/moved-time.js';
import { StepsOf } from './duties.js';

let desk: Desk;
let ana: AtDesk;
let hana: AtDesk;
let commission: AtDesk;

const TODAY = todayInAuckland();
const QUARTER = quarterOf(TODAY);
const DUE = addWorkingDays('legislation', TODAY, 20);
const LIST = '/staff/oversight';
/** Every disclosure of the story, so that no page shows any of it. */
const all: LodgedCase[] = [];

beforeAll(async () => {
  desk = await startDesk();
  [ana] = await openAgency(desk, 'ombudsman');
  [hana] = await openAgency(desk, 'hdc');
  await openAgency(desk, 'triage');
  commission = await seat(desk, 'psc', ['overseer']);
  await story();
  await count(plusDays(DUE, 10));
});
afterEach(moveBack);
afterAll(() => desk.close());

async function disclosure(agencyId: string): Promise<LodgedCase> {
  const lodged = await lodge(desk, { agencyId, path: 'disclosure' });
  all.push(lodged);
  return lodged;
}

/** At the Ombudsman: one in time, one late and longer, one with no action, one not looked at, one handed on. */
async function story(): Promise<void> {
  const inTime = new StepsOf(ana, await disclosure('ombudsman'), TODAY);
  await inTime.firstThree();
  await inTime.deal();
  await inTime.inform();

  const noAction = new StepsOf(ana, await disclosure('ombudsman'), TODAY);
  await noAction.firstThree();
  await noAction.deal(['no_action'], 'too_long_ago');
  await noAction.inform();
  await noAction.support();
  expect((await noAction.close()).status).toBe(303);

  await disclosure('ombudsman');
  await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });

  const handedOn = await disclosure('ombudsman');
  await handOver(desk, handedOn, ana, hana, ['case'], (sent) => ({ ...sent, recipientConsultedOn: TODAY }));

  const late = new StepsOf(ana, await disclosure('ombudsman'), TODAY);
  await late.acknowledge();
  await late.consider();
  moveTo(plusDays(DUE, 1));
  await late.askElsewhere();
  expect((await late.extend(plusDays(DUE, 60))).status).toBe(204);
  moveBack();

  const atTriage = await disclosure('triage');
  await desk.rows(`UPDATE clocks SET basis = 'our_aim' WHERE case_id = $1`, [atTriage.id]);
}

/** What a worker does at night, on a day; as the job that it takes. */
async function count(day: string): Promise<void> {
  moveTo(day);
  const job: OutboxJob = { id: '', queue: 'clocks', name: 'count_oversight', caseId: null, dueAt: new Date() };
  const handler = desk.app.get(JobRegistry).handlerOf('clocks', 'count_oversight');
  await desk.database.asActor({ kind: 'system', name: 'clocks' }, (manager) => handler.run(manager, job));
  moveBack();
}

const figures = (): Promise<unknown[]> =>
  desk.rows(
    `SELECT to_char(quarter, 'YYYY-MM-DD') AS quarter, agency_id, basis, received, on_time, late, overdue, longer, no_action
       FROM oversight_counts ORDER BY quarter, agency_id, basis`,
  );

const referrals = (): Promise<unknown[]> =>
  desk.rows(`SELECT to_char(quarter, 'YYYY-MM-DD') AS quarter, from_agency, to_agency, made FROM oversight_referrals`);

const OF_OMBUDSMAN = {
  ...{ quarter: QUARTER, agency_id: 'ombudsman', basis: 'pda_s13', received: 5 },
  ...{ on_time: [3, 3, 2, 2, 2], late: [0, 0, 1, 0, 0], overdue: [1, 1, 1, 1, 1], longer: 1, no_action: 1 },
};
const NOTHING_DONE = {
  on_time: [0, 0, 0, 0, 0],
  late: [0, 0, 0, 0, 0],
  overdue: [1, 1, 1, 1, 1],
  longer: 0,
  no_action: 0,
};

const cells = (text: string): string[] =>
  [...text.matchAll(/<t[hd][^>]*govuk-table__(?:cell|header)[^>]*>(?:<a[^>]*>)?([^<]*)/g)].map(([, cell = '']) => cell);

describe('oversight: figures of how agencies keep to the steps on disclosures', () => {
  it('say how many came, how many steps were in time, late or not done, took longer, ended without action', async () => {
    expect(await figures()).toEqual([
      { quarter: QUARTER, agency_id: 'hdc', basis: 'pda_s13', received: 1, ...NOTHING_DONE },
      OF_OMBUDSMAN,
      { quarter: QUARTER, agency_id: 'triage', basis: 'our_aim', received: 1, ...NOTHING_DONE },
    ]);
    expect(await referrals()).toEqual([{ quarter: QUARTER, from_agency: 'ombudsman', to_agency: 'hdc', made: 1 }]);
  });

  it('come to the same when they are counted twice, and the next month is promised', async () => {
    await count(plusDays(DUE, 10));
    expect((await figures())[1]).toEqual(OF_OMBUDSMAN);
    expect(await referrals()).toHaveLength(1);
    const promised = await desk.rows(`SELECT FROM outbox WHERE name = 'count_oversight' AND due_at > now()`);
    expect(promised.length).toBeGreaterThan(0);
  });

  it('of a step that is not due yet say nothing', async () => {
    await count(TODAY);
    expect((await figures())[0]).toMatchObject({ agency_id: 'hdc', received: 1, overdue: [0, 0, 0, 0, 0] });
    await count(plusDays(DUE, 10));
  });

  it('stay as they are two years after their quarter, also where what was counted is gone', async () => {
    const old = monthsAfter(countedSince(todayInAuckland()), -3);
    await desk.rows(
      `INSERT INTO oversight_counts (quarter, agency_id, basis, received, on_time, late, overdue, longer, no_action, counted_on)
       VALUES ($1, 'hdc', 'pda_s13', 7, '{7,7,7,7,7}', '{0,0,0,0,0}', '{0,0,0,0,0}', 0, 0, $1)`,
      [old],
    );
    await count(TODAY);
    expect((await figures())[0]).toMatchObject({ quarter: old, received: 7 });
    await desk.rows('DELETE FROM oversight_counts WHERE quarter = $1', [old]);
    await count(plusDays(DUE, 10));
  });

  it('are shown to an overseer, with what is only an aim of ours apart, and no case among them', async () => {
    const year = QUARTER.slice(0, 4);
    const pages = await Promise.all(
      ['', '/aims', '/referrals', `/quarters/${QUARTER}/ombudsman`].map((page) => commission.client.get(LIST + page)),
    );
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const [list = '', aims = '', handed = '', steps = ''] = pages.map(({ text }) => text);
    expect(cells(list)).toEqual(expect.arrayContaining(['Office of the Ombudsman', '5', '12', '1', '1']));
    expect(list).not.toContain('>Triage desk');
    expect(aims).not.toContain('>Office of the Ombudsman');
    expect(cells(aims)).toHaveLength(16);
    expect(cells(handed).slice(4)).toEqual([
      expect.stringMatching(new RegExp(`^${year} Q[1-4]$`)),
      'Office of the Ombudsman',
      'Health and Disability Commissioner',
      '1',
    ]);
    const table = steps.slice(steps.indexOf('id="pda_s13-steps"'));
    expect(
      cells(table)
        .slice(5)
        .filter((cell) => /^\d+$/.test(cell)),
    ).toEqual(
      // on time, late, not done, not due yet: the one that was handed on had no day pass
      ['3', '0', '1', '1', '3', '0', '1', '1', '2', '1', '1', '1', '2', '0', '1', '2', '2', '0', '1', '2'],
    );
    expect(steps).toContain('role="img"');
    for (const { text } of pages) {
      for (const { id, reference } of all) {
        expect(text).not.toContain(id);
        expect(text).not.toContain(reference);
      }
      expect(text).not.toContain(TODAY);
      expect(text).not.toContain(ana.who.actor.displayName);
    }
  });

  it('go on over pages, each line once', async () => {
    const quarters = Array.from({ length: 30 }, (_, n) => monthsAfter(countedSince(TODAY), -3 * (n + 1)));
    await desk.rows(
      `INSERT INTO oversight_counts (quarter, agency_id, basis, received, on_time, late, overdue, longer, no_action, counted_on)
       SELECT q::date, 'hdc', 'pda_s13', 1, '{0,0,0,0,0}', '{0,0,0,0,0}', '{0,0,0,0,0}', 0, 0, q::date FROM unnest($1::text[]) q`,
      [quarters],
    );
    await desk.rows(
      `INSERT INTO oversight_referrals (quarter, from_agency, to_agency, made)
       SELECT q::date, 'hdc', 'ombudsman', 1 FROM unnest($1::text[]) q`,
      [quarters],
    );
    for (const [page, lines] of [
      ['', 32],
      ['/referrals', 31],
    ] as const) {
      const seen: string[] = [];
      let next: string | undefined = '';
      for (let n = 0; next !== undefined && n < 5; n++) {
        const { text } = await commission.client.get(LIST + page + next);
        seen.push(...cells(text).filter((cell) => /^\d{4} Q\d$/.test(cell)));
        next = /rel="next" href="([^"]+)"/.exec(text)?.[1];
      }
      expect(seen).toHaveLength(lines);
    }
    await desk.rows(`DELETE FROM oversight_counts WHERE quarter < $1`, [countedSince(TODAY)]);
    await desk.rows(`DELETE FROM oversight_referrals WHERE quarter < $1`, [countedSince(TODAY)]);
  });

  it('are not there for anybody else, neither at an agency that is counted nor at one that oversees', async () => {
    const others: (readonly [string, Role])[] = [
      ...(['officer', 'disclosure_officer', 'lead', 'admin', 'analyst', 'auditor'] as const).flatMap((role) =>
        (['ombudsman', 'psc', 'hdc', 'triage'] as const).map((agency): readonly [string, Role] => [agency, role]),
      ),
      ['triage', 'system_lead'],
      // Whatever came to stand there: elsewhere the role gives nothing.
      ['hdc', 'overseer'],
      ['triage', 'overseer'],
    ];
    for (const [agency, role] of others) {
      const { client } = await seat(desk, agency, [role]);
      const answers: number[] = [];
      for (const page of ['', '/aims', '/referrals', `/quarters/${QUARTER}/hdc`, `/quarters/${QUARTER}/msd`]) {
        answers.push((await client.get(LIST + page)).status);
      }
      expect([agency, role, ...answers]).toEqual([agency, role, 404, 404, 404, 404, 404]);
    }
    for (const year0 of ['0000-01-01~hdc', '0000-01-01~hdc~msd']) {
      expect((await commission.client.get(`${LIST}?after=${year0}`)).status).toBe(422);
    }
    for (const wrong of [`${QUARTER}/msd`, '2026-02-01/hdc', 'never/hdc', '0000-01-01/hdc']) {
      expect((await commission.client.get(`${LIST}/quarters/${wrong}`)).status).toBe(404);
    }
  });

  it('are kept by PostgreSQL from everybody but overseers, and the steps from all work of the server but this', async () => {
    const seen = (sql: string) => async (manager: EntityManager) => (await manager.query<unknown[]>(sql)).length;
    const counts = seen('SELECT quarter FROM oversight_counts');
    const steps = seen('SELECT case_id FROM disclosure_steps');
    const by = (roles: readonly Role[]) => desk.database.asActor({ ...ana.who.actor, roles }, counts);
    expect(await desk.database.asActor(commission.who.actor, counts)).toBe(3);
    // Of the agency where they are themself they see nothing: a disclosure there could leave them out.
    expect(await by(['overseer'])).toBe(2);
    for (const roles of [
      ['officer', 'disclosure_officer'],
      ['admin'],
      ['analyst'],
      ['auditor'],
      ['overseer', 'admin'],
    ]) {
      expect([roles, await by(roles as Role[])]).toEqual([roles, 0]);
    }
    expect(await desk.database.asActor({ kind: 'system', name: 'oversight' }, steps)).toBeGreaterThan(0);
    for (const name of ['clocks', 'routing', 'delivery', 'sweeper']) {
      expect(await desk.database.asActor({ kind: 'system', name }, steps)).toBe(0);
      expect(await desk.database.asActor({ kind: 'system', name }, counts)).toBe(0);
    }
  });

  it('are looked at on record', async () => {
    const by = await seat(desk, 'psc', ['overseer']);
    await by.client.get(LIST);
    expect((await by.client.get('/staff')).location).toBe(LIST);
    const [entry] = await desk.rows(
      `SELECT action, case_id, subject FROM audit_entries WHERE actor_id = $1 AND action LIKE 'oversight%'`,
      [by.who.actor.staffId],
    );
    expect(entry).toEqual({ action: 'oversight.read', case_id: null, subject: null });
  });
});

describe('oversight: an overseer', () => {
  it('is made by two, at a body that oversees, and nowhere else', async () => {
    const admin = await seat(desk, 'psc', ['admin']);
    const second = await seat(desk, 'psc', ['admin']);
    const to = { agencyId: 'psc', roles: 'overseer', forWhom: 'Somebody new' };
    expect((await admin.client.submit('/staff/people/invite', to)).location).toBe('/staff/role-changes');
    expect((await second.client.get('/staff/role-changes')).text).toContain('Somebody new');
    for (const agencyId of ['hdc', 'triage']) {
      const { client } = await seat(desk, agencyId, ['admin']);
      expect((await client.submit('/staff/people/invite', { ...to, agencyId })).status).toBe(404);
      expect((await client.get('/staff/people')).text).not.toContain('value="overseer"');
    }
    expect((await admin.client.get('/staff/people')).text).toContain('value="overseer"');
    const { actor } = (await seat(desk, 'psc', ['officer'])).who;
    const roles = `/staff/people/${actor.staffId}/roles`;
    expect((await admin.client.get(roles)).text).toContain('value="overseer"');
    const outsider = await seat(desk, 'hdc', ['officer']);
    const theirs = await seat(desk, 'hdc', ['admin']);
    const elsewhere = `/staff/people/${outsider.who.actor.staffId}/roles`;
    expect((await theirs.client.get(elsewhere)).text).not.toContain('value="overseer"');
    expect((await theirs.client.submit(elsewhere, { roles: 'overseer' })).status).toBe(422);
  });
});

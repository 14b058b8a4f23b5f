import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { KeyLogKeeper } from '../../src/agencies/key-log/key-log-keeper.js';
import { addWorkingDays, todayInAuckland } from '../../src/clocks/calendar.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { dayInWords } from '../../src/web/day.js';
import { openBrowser } from '../support/browser.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { moveBack, moveTo } from '../support/moved-time.js';
import { until } from '../support/until.js';
import { answerQuestions, look, lookAndPress, signIn, visit, type Visit } from './visit.js';

/** A worker of the ministry who saw fraud: it is for the Serious Fraud Office. */
const ANSWERS = ['worker', 'msd', 'fraud', 'unsafe', 'under_3_months', 'no', 'no'];
const STORY = 'Sentinel: the invoices are false. Kāore au e haumaru ana.';

let app: TestApp;
let browser: Browser;
let officer: EnrolledStaffMember;

beforeAll(async () => {
  [app, browser] = await Promise.all([startApp(), openBrowser()]);
  [officer] = (await openTestAgency(app, 'sfo')) as [EnrolledStaffMember, ...EnrolledStaffMember[]];
  await openTestAgency(app, 'triage');
});

afterAll(async () => {
  moveBack();
  await browser.close();
  await app.close();
});

const lodgedOn = todayInAuckland();
/** The nth working day after the day of receipt. */
const workingDay = (n: number): string => addWorkingDays('legislation', lodgedOn, n);
const dueOn = workingDay(20);

const visits: Visit[] = [];

/** Everybody's clock goes to another day, and the log of keys signs a head of that day. */
async function goTo(day: string): Promise<void> {
  moveTo(day);
  await app.app.get(KeyLogKeeper, { strict: false }).runOnce();
}

/** A browser of that day. */
async function visitNow(): Promise<Visit> {
  const one = await visit(browser);
  await one.page.clock.setFixedTime(new Date());
  visits.push(one);
  return one;
}

/** The officer signs in anew: keys that were unlocked days ago are locked by now. */
async function atDesk(): Promise<Page> {
  const { page } = await visitNow();
  await signIn(page, app.staffOrigin, officer);
  return page;
}

async function writeAndSend(page: Page): Promise<{ receipt: string; reference: string }> {
  await answerQuestions(page, app.publicOrigin, ANSWERS);
  await page.getByText('It is taken as a protected disclosure.').waitFor();
  await page.getByRole('button', { name: /^Write to/ }).click();
  await lookAndPress(page, 'Go on and write');
  await page.fill('#whatHappened', STORY);
  for (let step = 0; step < 5; step++) await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await page.locator('[data-summary]', { hasText: STORY }).waitFor();
  await lookAndPress(page, 'Seal and send');
  await page.locator('[data-slot=receipt]').waitFor();
  await page.getByText(dayInWords(dueOn, 'en')).waitFor();
  return {
    receipt: (await page.textContent('[data-slot=receipt]')) ?? '',
    reference: (await page.textContent('[data-slot=reference]')) ?? '',
  };
}

/** The person comes back with their eight words. */
async function comeBack(receipt: string): Promise<Page> {
  const { page } = await visitNow();
  await page.goto(`${app.publicOrigin}/mailbox`);
  await page.fill('#receipt', receipt);
  await page.getByRole('button', { name: 'Open the mailbox' }).click();
  await page.locator('#opened-title').waitFor();
  await look(page);
  return page;
}

/** Takes the step that comes next, from the page of the steps. */
async function takeNext(page: Page, title: string, send: string, fill: () => Promise<void>): Promise<void> {
  await page.getByRole('button', { name: title, exact: true }).click();
  await page.waitForSelector('#words[data-state="opened"]');
  await look(page);
  await fill();
  await page.getByRole('button', { name: send, exact: true }).click();
  await page.waitForURL('**/duties');
}

/** Writes what the person risks and how they are supported, from the page of the steps. */
async function supportPerson(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Look at support and protection' }).click();
  for (const [title, fields] of [
    ['Assess what the person risks', ['who', 'protects']],
    ['Plan how the person is supported', ['supporter', 'contact', 'agreed']],
  ] as const) {
    await page.getByRole('button', { name: title, exact: true }).click();
    await page.waitForSelector('#words[data-state="opened"]');
    for (const field of fields) await page.fill(`#${field}`, `Sentinel: ${field}`);
    for (const level of await page.locator('[id$="-high"]').all()) await level.check();
    await page.getByRole('button', { name: 'Seal and keep it', exact: true }).click();
    await page.waitForURL('**/support');
  }
}

describe('a protected disclosure, from the gate to its closing across twenty working days', () => {
  it('is led through every step in its time, and the person sees each of them', async () => {
    const { receipt, reference } = await writeAndSend((await visitNow()).page);

    // The second working day: it stands in the list of disclosures, and nowhere else.
    await goTo(workingDay(2));
    let desk = await atDesk();
    expect(await desk.getByRole('link', { name: reference }).count()).toBe(0);
    await until('it was placed', async () => {
      await desk.goto(`${app.staffOrigin}/staff/disclosures`);
      return (await desk.getByRole('link', { name: reference }).count()) === 1;
    });
    await look(desk);
    await desk.getByRole('link', { name: reference }).click();
    await desk.getByText(STORY).waitFor();
    await desk.getByRole('button', { name: 'Steps of the law', exact: true }).click();
    await desk.waitForURL('**/duties');
    const steps = desk.url();
    await desk.getByText(`The twenty working days end on ${dayInWords(dueOn, 'en')}.`).waitFor();
    await look(desk);
    await takeNext(desk, 'Acknowledge the disclosure', 'Acknowledge it', async () => {
      expect(await desk.inputValue('#received-on')).toBe(lodgedOn);
    });

    await goTo(workingDay(6));
    desk = await atDesk();
    await desk.goto(steps);
    await takeNext(desk, 'Consider whether it warrants investigation', 'Keep the conclusion', () =>
      desk.fill('#text', 'Sentinel: it does, there are receipts.'),
    );
    await takeNext(desk, 'Check whether it was disclosed elsewhere', 'Send it', async () => {
      await desk.check('#how-asked');
      await desk.fill('#text', 'Sentinel: have you told anybody else?');
    });

    await goTo(workingDay(9));
    const mailbox = await comeBack(receipt);
    await mailbox.getByText('Sentinel: have you told anybody else?').waitFor();
    expect(await mailbox.textContent('#opened')).not.toContain('there are receipts');
    await mailbox.fill('#text', 'Sentinel: nobody, so far.');
    await mailbox.getByRole('button', { name: 'Send it', exact: true }).click();
    await mailbox.getByText('It was sent.').waitFor();

    // Three working days before the end it stands among what is due soon.
    await goTo(workingDay(17));
    desk = await atDesk();
    await desk.goto(`${app.staffOrigin}/staff/disclosures/due`);
    await look(desk);
    await desk.getByRole('link', { name: reference }).click();
    await desk.goto(steps);
    await takeNext(desk, 'Say how you deal with it', 'Record it', async () => {
      await desk.check('#action-investigating');
      await desk.check('#action-addressing');
    });
    expect(await desk.locator('#not-closed').textContent()).toContain('The person was not told, with reasons');
    await supportPerson(desk);

    // The last of the twenty days is in time.
    await goTo(dueOn);
    desk = await atDesk();
    await desk.goto(steps);
    await takeNext(desk, 'Tell the person what you did', 'Tell the person', () =>
      desk.fill('#text', 'Sentinel: we stopped the payments, because the invoices were false.'),
    );
    await look(desk);
    const taken = await desk.locator('#taken li').allTextContents();
    expect(taken).toHaveLength(5);
    for (const step of taken) expect(step).toContain('in time');
    await desk.getByRole('button', { name: 'Close the disclosure', exact: true }).click();
    await desk.getByText('This disclosure is closed.').waitFor();

    const closed = await comeBack(receipt);
    await closed.getByText('Sentinel: we stopped the payments, because the invoices were false.').waitFor();
    const timeline = (await closed.locator('#timeline li').allTextContents()).join('\n');
    for (const day of [lodgedOn, workingDay(2), workingDay(6), workingDay(9), workingDay(17), dueOn]) {
      expect(timeline).toContain(dayInWords(day, 'en'));
    }
    for (const { wrong, sent } of visits) {
      expect(wrong).toEqual([]);
      expect(sent.filter((text) => text.includes('Sentinel') || text.includes(receipt))).toEqual([]);
    }
  }, 300_000);
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openAgency } from '../../src/demo/open-agency.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { OfficerAtPage } from '../cases/officer-at-page.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { openBrowser } from '../support/browser.js';
import { knownPassphrase } from '../support/passphrases.js';
import { answerQuestions, look, lookAndPress, openCase, picture, visit, type Visit } from './visit.js';

const STORY = 'Sentinel: they stopped my benefit, gave my file to my neighbour, and nobody answers.';
const NAME = 'Sentinel: Hana, 55 Example Road';
const ANSWERS = ['service_user', 'msd', 'benefit', 'not_raised', 'under_3_months', 'no', 'no'];

let app: TestApp;
let browser: Browser;
let msd: OfficerAtPage;
let hdc: OfficerAtPage;
let ombudsman: OfficerAtPage;
let privacy: OfficerAtPage;
let lead: EnrolledStaffMember;
let hana: Visit;
let receipt: string;
let reference: string;
let caseId: string;

beforeAll(async () => {
  [app, browser] = await Promise.all([startApp(), openBrowser()]);
  const officerOf = async (agency: string): Promise<OfficerAtPage> => {
    const [officer] = await openTestAgency(app, agency);
    if (!officer) throw new Error('The agency has nobody.');
    return OfficerAtPage.signedIn(browser, app, officer);
  };
  msd = await officerOf('msd');
  hdc = await officerOf('hdc');
  ombudsman = await officerOf('ombudsman');
  privacy = await officerOf('privacy_commissioner');
  const desk = await openAgency(
    app.app,
    { id: 'triage', noticeEmail: 'triage@agency.test' },
    (['one', 'two', 'lead'] as const).map((name, n) => ({
      displayName: `Desk ${name}`,
      username: `desk.${name}`,
      ...knownPassphrase(n),
      roles: name === 'lead' ? (['lead', 'system_lead'] as const) : (['officer', 'disclosure_officer'] as const),
    })),
  );
  const [last] = desk.slice(-1);
  if (!last) throw new Error('The desk has nobody.');
  lead = last;
});

afterAll(async () => {
  await browser.close();
  await app.close();
});

/** Hana comes back with her eight words. */
async function comeBack(): Promise<Page> {
  await hana.page.goto(`${app.publicOrigin}/mailbox`);
  await hana.page.fill('#receipt', receipt);
  await hana.page.getByRole('button', { name: 'Open the mailbox' }).click();
  await hana.page.getByText(STORY).waitFor();
  return hana.page;
}

/** She is asked, sees the note, and agrees. */
async function agrees(note: string, button: string): Promise<void> {
  const page = await comeBack();
  await page.getByRole('heading', { name: 'May it be passed on?' }).waitFor();
  await page.locator('#referral', { hasText: note }).waitFor();
  await picture(page, 'referral', '#referral');
  await lookAndPress(page, button);
  await page.getByText('You agreed.').waitFor();
}

/** An agency is asked, the person agrees, and a person there takes it over. */
async function passesOn(from: OfficerAtPage, to: OfficerAtPage, agency: string, note: string): Promise<void> {
  const id = await from.propose(caseId, { to: agency, note, shareIdentity: true });
  await agrees(note, 'Yes, pass it on with my name');
  await to.accept(id);
  await to.takeOver(caseId);
  expect(await to.words()).toEqual(expect.arrayContaining([STORY, NAME]));
}

describe('One case that three agencies have, and a fourth declines', () => {
  it('is told once, to the agency it is about', async () => {
    hana = await visit(browser);
    const { page } = hana;
    await answerQuestions(page, app.publicOrigin, ANSWERS);
    await page.getByRole('button', { name: /^Write to/ }).click();
    await page.getByText('Your words are sealed in this browser').waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.fill('#whatHappened', STORY);
    for (let step = 0; step < 3; step++) await page.getByRole('button', { name: 'Continue' }).click();
    await page.fill('#identity', NAME);
    for (let step = 0; step < 2; step++) await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Seal and send' }).click();
    await page.locator('[data-slot=receipt]').waitFor();
    receipt = (await page.textContent('[data-slot=receipt]')) ?? '';
    reference = (await page.textContent('[data-slot=reference]')) ?? '';
    await openCase(msd.page, reference);
    caseId = new URL(msd.page.url()).pathname.split('/').at(-1) ?? '';
  });

  it('is declined by the first agency that is asked, with a reason, and stays where it was', async () => {
    const id = await msd.propose(caseId, { to: 'hdc', note: 'Sentinel: is this yours?' });
    await agrees('Sentinel: is this yours?', 'Yes, pass it on');
    await hdc.decline(id, 'no_power', 'Sentinel: we deal with health care alone');
    expect(await msd.stateOf(id)).toBe('declined');
    const page = await comeBack();
    await page.getByText('Sentinel: we deal with health care alone').waitFor();
    await page.getByText('Health and Disability Commissioner did not take it').waitFor();
    await look(page);
  });

  it('goes to a second agency, which asks a third; nobody before them reads on', async () => {
    await passesOn(msd, ombudsman, 'ombudsman', 'Sentinel: the decision is disputed');
    await ombudsman.note(caseId, 'Sentinel: kept at the Ombudsman');
    await passesOn(ombudsman, privacy, 'privacy_commissioner', 'Sentinel: her file was given away');
    expect(await privacy.words()).not.toContain('Sentinel: kept at the Ombudsman');
    await privacy.reply(caseId, 'Sentinel: we are looking into it');
    await picture(privacy.page, 'referred-case');
    for (const officer of [msd, ombudsman, hdc]) {
      await officer.goTo(`/staff/cases/${caseId}`);
      expect(await officer.page.locator('#words').count()).toBe(0);
    }
  });

  it('is one case to the person: one reference, one timeline, every word of it, and the way it took', async () => {
    const page = await comeBack();
    expect(await page.textContent('#reference')).toBe(reference);
    await page.getByText('Sentinel: we are looking into it').waitFor();
    const text = await page.textContent('main');
    for (const agency of ['Ministry of Social Development', 'Ombudsman', 'Privacy Commissioner'])
      expect(text).toContain(agency);
    expect(text).not.toContain('Sentinel: kept at the Ombudsman');
    await look(page);
    await picture(page, 'referred-mailbox');
    await page.fill('#text', 'Sentinel: thank you all');
    await page.getByRole('button', { name: 'Send it' }).click();
    await page.locator('.od-item', { hasText: 'Sentinel: thank you all' }).waitFor();
    await privacy.goTo(`/staff/cases/${caseId}`);
    expect(await privacy.words()).toContain('Sentinel: thank you all');
  });

  it('stands, after two hand-offs, on the desk of the system lead, who sees its way and no word', async () => {
    const atLead = await OfficerAtPage.signedIn(browser, app, lead);
    await atLead.goTo('/staff/lead');
    await atLead.page.getByRole('link', { name: reference }).click();
    await look(atLead.page);
    expect(await atLead.page.textContent('main')).not.toContain('Sentinel');
    expect(await atLead.page.locator('.od-way__step').count()).toBe(3);
    await picture(atLead.page, 'lead');
  });

  it('left no word in what the browsers sent', () => {
    for (const { wrong, sent } of [hana, msd.visit, hdc.visit, ombudsman.visit, privacy.visit]) {
      expect(wrong).toEqual([]);
      expect(sent.filter((text) => text.includes('Sentinel') || text.includes(receipt))).toEqual([]);
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openAgency } from '../../src/demo/open-agency.js';
import { openOne } from '../../src/mailbox/open-side.js';
import { sealMessage } from '../../src/mailbox/seal-message.js';
import { signReferralConsent } from '../../src/mailbox/sign-consent.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import type { Share } from '../../src/vault/consent.js';
import { look } from '../browser/visit.js';
import { Caller, MailboxApp, type LodgedCase } from '../mailbox/mailbox-app.js';
import { openTestAgency } from '../support/app.js';
import { openBrowser } from '../support/browser.js';
import { knownPassphrase } from '../support/passphrases.js';
import { renewKey } from './desk.js';
import { OfficerAtPage } from './officer-at-page.js';

const NOTE = 'Sentinel: this is about care, so it is yours. “Tēnā koutou” <b>x</b>';

let served: MailboxApp;
let browser: Browser;
let msd: OfficerAtPage;
let hdc: OfficerAtPage;
let lead: OfficerAtPage;
let lodged: LodgedCase;
let referral: string;

beforeAll(async () => {
  [served, browser] = await Promise.all([MailboxApp.start(), openBrowser()]);
  const [officer] = await openTestAgency(served.app, 'hdc');
  if (!officer) throw new Error('The agency has nobody.');
  msd = await OfficerAtPage.signedIn(browser, served.app, served.officer);
  hdc = await OfficerAtPage.signedIn(browser, served.app, officer);
  lodged = await lodge();
});

afterAll(async () => {
  await browser.close();
  await served.close();
});

const lodge = (): Promise<LodgedCase> => served.lodge({ whatHappened: 'Sentinel: they lost it', identity: 'Aroha' });

async function person(of: LodgedCase): Promise<Caller> {
  return new Caller(served.origin).openById(of);
}

/** The person agrees, as their browser does it. */
async function agree(of: LodgedCase, share: Share): Promise<void> {
  const caller = await person(of);
  const { referral: asked } = await caller.read();
  if (!asked) throw new Error('Nothing is asked.');
  const consent = await signReferralConsent(await caller.openHere(of), asked, share);
  const { status } = await caller.call('POST', `/referrals/${asked.id}/consent`, { consent });
  if (status >= 300) throw new Error(`The consent was answered ${status.toString()}.`);
}

/** What the person reads in their mailbox. */
async function readByPerson(of: LodgedCase): Promise<unknown[]> {
  const caller = await person(of);
  const side = await caller.openHere(of);
  const { items } = (await caller.read()).sealed;
  const read = await Promise.all(items.map((item) => openOne(side, item)));
  const said = read.filter(({ kind }) => kind !== 'countersignature');
  return said.map(({ content }) => content?.text ?? content?.whatHappened ?? content?.identity);
}

/** The page fits a phone. */
async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  await page.setViewportSize({ width: 360, height: 740 });
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  expect(await page.evaluate(overflow)).toBe(0);
  await look(page);
  await page.setViewportSize({ width: 1280, height: 800 });
}

/** A member of staff of the operator who looks at the whole system. */
async function systemLead(): Promise<EnrolledStaffMember> {
  const people = ['one', 'two', 'lead'].map((name, n) => ({
    displayName: `Operator ${name}`,
    username: `operator.${name}`,
    ...knownPassphrase(n),
    roles: name === 'lead' ? (['lead', 'system_lead'] as const) : (['officer', 'disclosure_officer'] as const),
  }));
  const enrolled = await openAgency(served.app.app, { id: 'triage', noticeEmail: 'triage@agency.test' }, people);
  const [member] = enrolled.slice(-1);
  if (!member) throw new Error('There are three.');
  return member;
}

describe('the officer who has a case', () => {
  it('is told what is missing, and what was filled in stays', async () => {
    await msd.goTo(`/staff/cases/${lodged.id}/refer`);
    await msd.press('Propose it');
    expect(await msd.page.textContent('#told')).toBe('Choose which agency you want to ask. Nothing was sent.');
    await msd.page.selectOption('#to', 'hdc');
    await msd.press('Propose it');
    expect(await msd.page.textContent('#told')).toBe('Choose a reason. Nothing was sent.');
    await msd.page.check('#reason-not_ours');
    await msd.press('Propose it');
    expect(await msd.page.textContent('#told')).toBe('Write something first.');
    expect(await msd.page.inputValue('#to')).toBe('hdc');
    await look(msd.page);
  });

  it('proposes it with a note, and sees that nothing moves yet and what the lawful ways are', async () => {
    referral = await msd.propose(lodged.id, { to: 'hdc', note: NOTE, shareIdentity: true });
    expect(await msd.words()).toEqual([NOTE]);
    expect(await msd.page.locator('#said b').count()).toBe(0);
    const text = await msd.page.textContent('main');
    expect(text).toContain('Nothing moves until they have agreed');
    expect(text).toContain('Check the law first: Privacy Act 2020');
    expect(text).toContain('It is never done silently');
    await msd.goTo('/staff/referrals?direction=going');
    await look(msd.page);
    expect(await msd.page.getByRole('link', { name: lodged.reference }).count()).toBe(1);
    await msd.goTo(`/staff/cases/${lodged.id}`);
    expect(await msd.page.textContent('#handing-on')).toContain('The person is asked');
    expect(await msd.page.getByRole('button', { name: 'Pass it on' }).count()).toBe(0);
    expect(await msd.words()).toContain(NOTE);
    await look(msd.page);
  });
});

describe('the officer who is asked', () => {
  it('learns nothing of it before the person agreed', async () => {
    await hdc.goTo('/staff/referrals');
    await look(hdc.page);
    expect(await hdc.page.textContent('main')).toContain('Nobody asks you to take a case.');
    await hdc.goTo(`/staff/referrals/${referral}`);
    expect(await hdc.page.title()).not.toContain(lodged.reference);
  });

  it('reads the note and nothing else, accepts by name, and takes over what has opened', async () => {
    await agree(lodged, ['case']);
    await hdc.goTo('/staff/referrals');
    await look(hdc.page);
    await hdc.page.getByRole('link', { name: lodged.reference }).click();
    await hdc.opened();
    expect(await hdc.words()).toEqual([NOTE]);
    await hdc.accept(referral);
    expect(await msd.stateOf(referral)).toBe('granted');
    expect(await msd.page.textContent('main')).toContain('Officer');
    expect(await msd.page.textContent('main')).toContain('What was released is taken back');
    expect(await msd.page.getByRole('button', { name: 'Take the proposal back' }).count()).toBe(1);
    await hdc.takeOver(lodged.id);
    expect(await hdc.words()).toEqual(['Sentinel: they lost it', NOTE]);
    expect(await hdc.page.textContent('#said')).toContain('Who the person is was not shared with your agency.');
    expect(await hdc.page.textContent('#progress')).toBe('Opened in this browser.');
    expect(await hdc.page.locator('.od-way__step').count()).toBe(2);
    await expectNoSidewaysScrolling(hdc.page);
    const timeline = await hdc.page.locator('ol.govuk-list').textContent();
    expect(timeline).toContain('Reached Ministry of Social Development');
    expect(timeline).toContain('Health and Disability Commissioner opened everything and has it now');
    expect(await hdc.page.textContent('[data-count="handOffs"]')).toBe('1');
  });

  it('has let the sender read no further', async () => {
    await msd.goTo(`/staff/cases/${lodged.id}`);
    expect(await msd.page.locator('#words').count()).toBe(0);
    expect(await msd.stateOf(referral)).toBe('opened');
  });

  it('answers, and the person reads it and writes back', async () => {
    await hdc.reply(lodged.id, 'Sentinel: we have it now');
    await hdc.note(lodged.id, 'Sentinel: for us alone');
    expect(await readByPerson(lodged)).toEqual(['Sentinel: they lost it', 'Aroha', NOTE, 'Sentinel: we have it now']);
    const caller = await person(lodged);
    const id = crypto.randomUUID();
    const sealed = await sealMessage(await caller.openHere(lodged), id, 'Sentinel: thank you');
    expect((await caller.call('POST', '/messages', { item: sealed })).status).toBe(201);
    await hdc.goTo(`/staff/cases/${lodged.id}`);
    expect(await hdc.words()).toEqual([
      'Sentinel: they lost it',
      NOTE,
      'Sentinel: we have it now',
      'Sentinel: thank you',
    ]);
    expect(await hdc.page.locator('#notes .od-words').allTextContents()).toEqual(['Sentinel: for us alone']);
  });

  it('declines with a reason and words that the sender and the person read', async () => {
    const other = await lodge();
    const id = await msd.propose(other.id, { to: 'hdc', note: NOTE });
    await agree(other, ['case']);
    await hdc.goTo(`/staff/referrals/${id}`);
    await hdc.press('Decline it');
    expect(await hdc.page.textContent('#told')).toBe('Choose a reason. Nothing was sent.');
    await hdc.decline(id, 'no_power', 'Sentinel: try the Ombudsman');
    expect(await msd.stateOf(id)).toBe('declined');
    expect(await msd.words()).toEqual([NOTE, 'Sentinel: try the Ombudsman']);
    expect(await readByPerson(other)).toContain('Sentinel: try the Ombudsman');
    await msd.goTo(`/staff/cases/${other.id}`);
    expect(await msd.page.textContent('[data-count="bounceBacks"]')).toBe('1');
    expect(await msd.page.getByRole('button', { name: 'Pass it on' }).count()).toBe(1);
  });
});

describe('a proposal to which the person does not answer', () => {
  it('goes on with a ground on record, which is shown to everybody', async () => {
    const other = await lodge();
    const id = await msd.propose(other.id, { to: 'hdc', note: NOTE });
    await expectNoSidewaysScrolling(msd.page);
    expect(await msd.page.textContent('main')).toContain('a second officer puts the ground on record');
    const second = await OfficerAtPage.signedIn(browser, served.app, served.colleague);
    await second.putGround(id, 'serious_threat');
    await look(second.page);
    expect(await hdc.stateOf(id)).toBe('consulted');
    expect(await hdc.page.textContent('main')).toContain(
      'Did not agree. The ground on record: It is needed to prevent',
    );
    await hdc.accept(id);
    await hdc.takeOver(other.id);
    await hdc.reply(other.id, 'Sentinel: we were told to');
    expect(await readByPerson(other)).toContain('Sentinel: we were told to');
  });

  it('is taken back', async () => {
    const other = await lodge();
    const id = await msd.propose(other.id, { to: 'hdc', note: NOTE });
    await msd.press('Take the proposal back');
    await msd.page.waitForSelector('#state[data-state="withdrawn"]');
    expect(await msd.stateOf(id)).toBe('withdrawn');
  });
});

describe('a proposal to an agency whose keys have changed', () => {
  it('is granted again by the sender, with progress, and the person is asked once more', async () => {
    const other = await lodge();
    const id = await msd.propose(other.id, { to: 'hdc', note: NOTE });
    await agree(other, ['case']);
    await renewKey({ app: served.app.app, rows: (sql, values) => served.rows(sql, values) }, hdc.member);
    await hdc.goTo(`/staff/referrals/${id}`);
    await hdc.press('Accept it in my name');
    await hdc.page.getByText('the sender must grant it again').first().waitFor();
    await look(hdc.page);
    expect(await msd.stateOf(id)).toBe('grant_again');
    await msd.grantAgain(id);
    expect(await msd.stateOf(id)).toBe('proposed');
    await agree(other, ['case']);
    await hdc.accept(id);
    await hdc.takeOver(other.id);
    expect(await hdc.words()).toContain('Sentinel: they lost it');
  });
});

describe('a case that would go back to where it was', () => {
  it('waits for the system lead, who sees its way and no word', async () => {
    lead = await OfficerAtPage.signedIn(browser, served.app, await systemLead());
    const id = await hdc.propose(lodged.id, { to: 'msd', note: NOTE });
    expect(await hdc.stateOf(id)).toBe('held');
    await lead.goTo('/staff/lead');
    await look(lead.page);
    await lead.page.getByRole('link', { name: lodged.reference }).click();
    await look(lead.page);
    const text = await lead.page.textContent('main');
    expect(text).toContain('This case would go to an agency that had it before.');
    expect(text).not.toContain('Sentinel');
    expect(await lead.page.locator('.od-way__step').count()).toBe(2);
    await expectNoSidewaysScrolling(lead.page);
    await lead.page.check('input[name="decision"][value="go_on"]');
    await lead.press('Decide');
    await lead.page.getByText('No case is waiting for you.').waitFor();
    expect(await hdc.stateOf(id)).toBe('proposed');
  });
});

describe('all these pages', () => {
  it('sent no word in clear, and broke no policy', () => {
    for (const { visit } of [msd, hdc, lead]) {
      expect(visit.wrong).toEqual([]);
      expect(visit.sent.filter((text) => text.includes('Sentinel'))).toEqual([]);
    }
  });
});

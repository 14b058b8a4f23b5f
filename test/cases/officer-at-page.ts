import type { Browser, Page } from 'playwright-core';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { look, signIn, visit, type Visit } from '../browser/visit.js';
import type { TestApp } from '../support/app.js';

/** What an officer fills in to pass a case on. */
export interface ToPropose {
  /** Id of the agency that is asked. */
  readonly to: string;
  readonly note: string;
  readonly reason?: string;
  readonly shareIdentity?: boolean;
}

const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/**
 * An officer at a browser, signed in and unlocked, who passes cases on and takes them over. Each page on the way is looked
 * at once in each state of a referral and at each width.
 */
export class OfficerAtPage {
  readonly #lookedAt = new Set<string>();

  private constructor(
    private readonly origin: string,
    readonly visit: Visit,
    readonly member: EnrolledStaffMember,
  ) {}

  static async signedIn(
    browser: Browser,
    { staffOrigin }: TestApp,
    member: EnrolledStaffMember,
  ): Promise<OfficerAtPage> {
    const seen = await visit(browser);
    await signIn(seen.page, staffOrigin, member);
    return new OfficerAtPage(staffOrigin, seen, member);
  }

  get page(): Page {
    return this.visit.page;
  }

  /** Goes to a page of the staff's side and waits for its words to open, where it has any. */
  async goTo(path: string): Promise<void> {
    await this.page.goto(this.origin + path);
    if (await this.page.locator('#words').count()) await this.opened();
  }

  opened(): Promise<unknown> {
    return this.page.waitForSelector('#words[data-state="opened"]');
  }

  /** Fills in the form that begins on the case's page, and sends it; gives the referral's id. */
  async propose(
    caseId: string,
    { to, note, reason = 'better_placed', shareIdentity = false }: ToPropose,
  ): Promise<string> {
    await this.goTo(`/staff/cases/${caseId}`);
    await this.#look();
    await this.page.getByRole('button', { name: 'Pass it on', exact: true }).click();
    await this.page.waitForURL('**/refer');
    await this.opened();
    await this.#look();
    await this.page.selectOption('#to', to);
    await this.page.check(`#reason-${reason}`);
    if (shareIdentity) await this.page.check('#share-identity');
    await this.page.fill('#text', note);
    await this.press('Propose it');
    await this.page.waitForURL('**/staff/referrals/*');
    await this.opened();
    await this.#look();
    return new URL(this.page.url()).pathname.split('/').at(-1) ?? '';
  }

  /** What the page of a referral says it is. */
  async stateOf(id: string): Promise<string | null> {
    await this.goTo(`/staff/referrals/${id}`);
    await this.#look();
    return this.page.getAttribute('#state', 'data-state');
  }

  /** Every text that this page has opened, oldest first. */
  words(): Promise<string[]> {
    return this.page.locator('#said .od-words').allTextContents();
  }

  async accept(id: string): Promise<void> {
    await this.goTo(`/staff/referrals/${id}`);
    await this.#look();
    await this.press('Accept it in my name');
    await this.page.waitForSelector('#state[data-state="granted"]');
    await this.opened();
    await this.#look();
  }

  /** Opens everything; from here the case is this officer's. */
  async takeOver(caseId: string): Promise<void> {
    await this.press('Open everything and take it over');
    await this.page.waitForURL(`**/staff/cases/${caseId}`);
    await this.opened();
    await this.#look();
  }

  async decline(id: string, reason: string, words: string): Promise<void> {
    await this.goTo(`/staff/referrals/${id}`);
    await this.page.check(`#decline-${reason}`);
    await this.page.fill('#decline-text', words);
    await this.press('Decline it');
    await this.page.waitForURL('**/staff/referrals');
  }

  async grantAgain(id: string): Promise<void> {
    await this.goTo(`/staff/referrals/${id}`);
    await this.#look();
    await this.press('Grant it again');
    await this.page.waitForSelector('#state:not([data-state="grant_again"])');
  }

  /** Goes on without the person's yes, on a ground. */
  async putGround(id: string, ground: string): Promise<void> {
    await this.goTo(`/staff/referrals/${id}`);
    await this.page.check(`input[name="ground"][value="${ground}"]`);
    await this.press('Put this ground on record and go on');
    await this.page.waitForSelector('#state[data-state="consulted"]');
  }

  async reply(caseId: string, words: string): Promise<void> {
    await this.goTo(`/staff/cases/${caseId}/reply`);
    await this.page.fill('#text', words);
    await this.press('Send the reply');
    await this.page.waitForURL(`**/staff/cases/${caseId}`);
    await this.opened();
  }

  async note(caseId: string, words: string): Promise<void> {
    await this.goTo(`/staff/cases/${caseId}/note`);
    await this.page.fill('#text', words);
    await this.press('Keep the note');
    await this.page.waitForURL(`**/staff/cases/${caseId}`);
    await this.opened();
  }

  press(button: string): Promise<void> {
    return this.page.getByRole('button', { name: button, exact: true }).click();
  }

  async #look(): Promise<void> {
    const pattern = new URL(this.page.url()).pathname.replace(ID, ':id');
    const shown = this.page.locator('#state');
    const state = (await shown.count()) > 0 ? await shown.getAttribute('data-state') : null;
    const seen = JSON.stringify([pattern, state, this.page.viewportSize()?.width]);
    if (this.#lookedAt.has(seen)) return;
    await look(this.page);
    this.#lookedAt.add(seen);
  }
}

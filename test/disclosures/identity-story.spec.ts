import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openAgency } from '../../src/demo/open-agency.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import type { Role } from '../../src/staff/roles.js';
import type { PublicKey } from '../../src/vault/keys.js';
import { answerQuestions, look, signIn, visit } from '../browser/visit.js';
import {
  FACETS,
  type Lodged,
  Owner,
  type Placed,
  type Problem,
  readersOf,
  seal,
  submit,
  type ToSeal,
} from '../intake/door.js';
import { Visitor } from '../intake/visitor.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { openBrowser } from '../support/browser.js';
import { until } from '../support/until.js';

const WAY = ['worker', 'msd', 'fraud', 'unsafe', 'under_3_months', 'no', 'no'];
const DISCLOSURE = { ...FACETS, relationship: 'worker', topic: 'fraud', stage: 'unsafe' };
const NAME = { identity: 'Aroha' };

let app: TestApp;
let browser: Browser;
let owner: Owner;
/** Two who keep names, and one who reads without. */
let ana: EnrolledStaffMember;
let ben: EnrolledStaffMember;
let cat: EnrolledStaffMember;
let readers: PublicKey[];

beforeAll(async () => {
  [app, browser] = await Promise.all([startApp(), openBrowser()]);
  owner = await Owner.of(app);
  const keeps: readonly Role[] = ['officer', 'disclosure_officer', 'identity_custodian'];
  const people = ['Ana', 'Ben', 'Cat'].map((displayName) => ({
    displayName,
    username: `${displayName.toLowerCase()}.sfo`,
    passphrase: 'correct horse battery staple',
    roles: displayName === 'Cat' ? keeps.slice(0, 2) : keeps,
  }));
  [ana, ben, cat] = (await openAgency(app.app, { id: 'sfo', noticeEmail: 'sfo@agency.test' }, people)) as [
    EnrolledStaffMember,
    EnrolledStaffMember,
    EnrolledStaffMember,
  ];
  await openTestAgency(app, 'triage');
  await openTestAgency(app, 'msd');
  await owner.rows(`UPDATE staff SET published_as = 'Integrity lead' WHERE id = $1`, [ana.actor.staffId]);
  await owner.rows(`UPDATE staff SET published_as = 'Chief counsel' WHERE id = $1`, [ben.actor.staffId]);
  readers = await readersOf(app, 'sfo', 'disclosures');
});

afterAll(async () => {
  await browser.close();
  await owner.close();
  await app.close();
});

const kid = ({ agreement }: EnrolledStaffMember): string => agreement.kid;
const byKid = (...who: readonly EnrolledStaffMember[]): PublicKey[] =>
  readers.filter((reader) => who.some((one) => kid(one) === reader.kid));

/** Names of those among the agency's people, and paper, to whom a key of a case is granted. */
async function grantedTo({ id }: Placed, key: string): Promise<string[]> {
  const rows = await owner.rows<{ name: string }>(
    `SELECT coalesce(p.display_name, 'paper') AS name FROM case_grants g
       LEFT JOIN staff_keys k ON k.kid = g.reader LEFT JOIN staff p ON p.id = k.staff_id
      WHERE g.case_id = $1 AND g.key = $2 AND (p.id IS NOT NULL OR g.reader IN (SELECT kid FROM recovery_keys)) ORDER BY 1`,
    [id, key],
  );
  return rows.map(({ name }) => name);
}

async function sealed(given: Partial<ToSeal>, excluded: readonly string[] = []): Promise<Response> {
  const { submission } = await seal({ readers, receiver: 'sfo', identity: NAME, ...given });
  return submit(app, { facets: DISCLOSURE, ...(excluded.length > 0 ? { excluded } : {}), ...submission });
}

describe('s 17: the name in a disclosure to an agency that keeps names apart', () => {
  it('is to be sealed to those whom the directory marks, and what is sealed to others is refused by its field', async () => {
    const response = await fetch(`${app.publicOrigin}/api/v1/agencies/sfo/readers`);
    const { readers: published, proof } = (await response.json()) as {
      readers: { disclosures: { kid: string; custodian?: true; recovery?: true }[] };
      proof: { standing: { leaf: string } };
    };
    const marked = published.disclosures.filter(({ custodian }) => custodian).map((reader) => reader.kid);
    expect(marked.sort()).toEqual([kid(ana), kid(ben)].sort());
    const { readers: standing } = JSON.parse(proof.standing.leaf) as { readers: { use: string; kid: string }[] };
    expect(standing.filter(({ use }) => use === 'identity').map((one) => one.kid)).toEqual(marked);

    const toAll = await sealed({});
    expect(toAll.status).toBe(422);
    const { errors } = (await toAll.json()) as Problem;
    // Cat, and the key on paper.
    expect(errors.map(({ code }) => code)).toEqual(['not_a_custodian', 'not_a_custodian']);
    expect(errors.every(({ field }) => /^grants\.\d+\.reader$/.test(field))).toBe(true);
    const toOne = (await (await sealed({ identityReaders: byKid(ana) })).json()) as Problem;
    expect(toOne.errors.map(({ field, code }) => `${field} ${code}`)).toEqual(['grants reader_missing']);

    const taken = await sealed({ identityReaders: byKid(ana, ben) });
    expect(taken.status).toBe(201);
    const found = await owner.placed(((await taken.json()) as Lodged).reference);
    expect(await grantedTo(found, 'case')).toEqual(['Ana', 'Ben', 'Cat', 'paper']);
    expect(await grantedTo(found, 'identity')).toEqual(['Ana', 'Ben']);
  });

  it('goes to all who are left, as where nobody keeps names, when the person leaves a custodian out', async () => {
    const left = readers.filter((reader) => reader.kid !== kid(ben));
    const taken = await sealed({ readers: left }, [kid(ben)]);
    expect(taken.status).toBe(201);
    const found = await owner.placed(((await taken.json()) as Lodged).reference);
    expect(await grantedTo(found, 'identity')).toEqual(['Ana', 'Cat', 'paper']);
  });

  it('without a script is sealed on arrival to those whom the page names, and where that changed meanwhile not at all', async () => {
    const visitor = new Visitor(app);
    await visitor.walk(DISCLOSURE);
    expect((await visitor.submit('/decision', { way: 'send' })).location).toBe('/before-writing');
    const { text } = await visitor.get('/write');
    expect(text).toContain('There, 2 people keep names apart from what was written: Chief counsel, Integrity lead.');
    const words = { whatHappened: 'Words', ...NAME };
    await owner.rows(`UPDATE staff SET roles = '{officer,disclosure_officer}' WHERE id = $1`, [ben.actor.staffId]);
    const changed = await visitor.submit('/write', words);
    await owner.rows(`UPDATE staff SET roles = $2 WHERE id = $1`, [ben.actor.staffId, ben.actor.roles]);
    expect([changed.status, changed.text.includes('Nobody there keeps names apart.')]).toEqual([422, true]);
    await until('the log of keys has it', async () => {
      const { text: page } = await visitor.get('/write');
      return page.includes('There, 2 people keep names apart');
    });
    const { text: receipt } = await visitor.submit('/write', words);
    const found = await owner.placed(/[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{3}/.exec(receipt)?.[0] ?? '');
    expect(await grantedTo(found, 'identity')).toEqual(['Ana', 'Ben']);
  });
});

describe('s 17 at the pages', () => {
  it('a name is sealed to those who keep names, opened by one, released by two, and the person is told', async () => {
    const { page, wrong, sent } = await visit(browser);
    await answerQuestions(page, app.publicOrigin, WAY);
    await page.getByRole('button', { name: /^Write to/ }).click();
    await page.getByRole('button', { name: 'Go on and write' }).click();
    await page.fill('#whatHappened', 'Sealed words');
    const go = page.getByRole('button', { name: 'Continue', exact: true });
    for (let step = 0; step < 3; step++) await go.click();
    await page.getByText('They alone can open yours.').waitFor();
    await look(page);
    await page.fill('#identity', 'Aroha of Example Road');
    for (let step = 0; step < 2; step++) await go.click();
    await page.getByRole('button', { name: 'Seal and send' }).click();
    const found = await owner.placed((await page.textContent('[data-slot=reference]')) ?? '');
    const words = ((await page.textContent('[data-slot=receipt]')) ?? '').trim();
    expect(sent.join()).not.toContain('Aroha');
    expect(await grantedTo(found, 'identity')).toEqual(['Ana', 'Ben']);

    const [anas, bens, cats] = [await at(ana), await at(ben), await at(cat)];
    const here = `/staff/cases/${found.id}/identity`;
    await goTo(cats, here);
    await cats.getByText('It is kept apart, and you do not have it.').waitFor();
    await look(cats);
    await goTo(anas, here);
    await look(anas);
    await openName(anas);
    await look(anas);

    await anas.getByRole('link', { name: 'Ask for a release of the name' }).click();
    await anas.waitForSelector('#words[data-state="opened"]');
    await look(anas);
    await anas.check('#ground-natural_justice');
    await anas.selectOption('#to', { label: 'Cat' });
    await anas.fill('#text', 'They must be able to answer it.');
    await anas.getByRole('button', { name: 'Seal the note and ask' }).click();
    await anas.getByText('Say on which day the person was consulted.').waitFor();
    await look(anas);
    const [today] = await owner.rows<{ day: string }>(
      `SELECT to_char(lodged_on, 'YYYY-MM-DD') AS day FROM cases WHERE id = $1`,
      [found.id],
    );
    await anas.fill('#consulted-on', today?.day ?? '');
    await anas.getByRole('button', { name: 'Seal the note and ask' }).click();
    await anas.waitForURL('**/identity/releases/*');
    await anas.waitForSelector('#words[data-state="opened"]');
    await look(anas);
    const release = new URL(anas.url()).pathname;

    await goTo(bens, release);
    await bens.getByText('They must be able to answer it.').waitFor();
    await look(bens);
    await bens.getByRole('button', { name: 'Approve the release' }).click();
    await bens.getByText('Approved and released').waitFor();
    await look(bens);
    await goTo(cats, here);
    await openName(cats);
    await goTo(cats, '/staff/disclosures/releases');
    await cats.getByText('The person must be told').waitFor();
    await look(cats);
    await goTo(anas, `/staff/cases/${found.id}`);
    await anas.locator('#task-untold').waitFor();
    await look(anas);
    await goTo(anas, release);
    await anas.waitForSelector('#words[data-state="opened"]');
    await anas.fill('#text', 'Your name went to Cat.');
    await anas.getByRole('button', { name: 'Seal and send' }).click();
    await anas.getByText('The person was told').waitFor();

    await page.goto(`${app.publicOrigin}/mailbox`);
    await page.fill('#receipt', words);
    await page.getByRole('button', { name: /open/i }).click();
    await page.getByText('Your name went to Cat.').waitFor();
    await page.getByText('told you that it released your name').waitFor();
    await look(page);
    expect(wrong).toEqual([]);
  });
});

async function at(who: EnrolledStaffMember): Promise<Page> {
  const { page } = await visit(browser);
  await signIn(page, app.staffOrigin, who);
  return page;
}

async function goTo(page: Page, path: string): Promise<void> {
  await page.goto(app.staffOrigin + path);
}

async function openName(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Open the name' }).click();
  await page.getByText('Aroha of Example Road').waitFor();
}

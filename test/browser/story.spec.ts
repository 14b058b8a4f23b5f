import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { KeyLogKeeper } from '../../src/agencies/key-log/key-log-keeper.js';
import { makeKeyPair, type MadeKey } from '../../src/vault/keys.js';
import { Owner } from '../intake/door.js';
import { openBrowser } from '../support/browser.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { until } from '../support/until.js';
import { answerQuestions, look, lookAndPress, openCase, opened, picture, signIn, visit } from './visit.js';

const STORY = 'Sentinel: they stopped my benefit. Kāore au i mōhio ki te take. 🌊';
const NAME = 'Sentinel: Hana, 55 Example Road';
const ANSWERS = ['service_user', 'msd', 'benefit', 'not_raised', 'under_3_months', 'no', 'no'];

let app: TestApp;
let browser: Browser;
let first: EnrolledStaffMember;
let second: EnrolledStaffMember;

beforeAll(async () => {
  [app, browser] = await Promise.all([startApp(), openBrowser()]);
  [first, second] = (await openTestAgency(app, 'msd')) as [EnrolledStaffMember, EnrolledStaffMember];
  await openTestAgency(app, 'triage');
});

afterAll(async () => {
  await browser.close();
  await app.close();
});

describe('a person with a script', () => {
  let receipt: string;
  let reference: string;

  it('sees where it goes and why, writes, and gets eight words', async () => {
    const { page, wrong, sent } = await visit(browser);
    await answerQuestions(page, app.publicOrigin, ANSWERS);
    await page.getByText('Ministry of Social Development (Work and Income)').first().waitFor();
    await picture(page, 'decision');
    await page.getByRole('button', { name: /^Write to/ }).click();

    await page.getByText('Your words are sealed in this browser').waitFor();
    await lookAndPress(page, 'Continue');
    await page.getByRole('link', { name: 'Give an answer. This one is missing.' }).click();
    await page.keyboard.type(STORY);
    for (let step = 0; step < 3; step++) await lookAndPress(page, 'Continue');
    await page.fill('#identity', NAME);
    await lookAndPress(page, 'Continue');
    await page.fill('#notify', 'hana@msd.govt.nz');
    await lookAndPress(page, 'Continue');
    await page.getByRole('link', { name: /^Do not use an address at the organisation/ }).waitFor();
    await page.fill('#notify', 'hana@home.test');
    await lookAndPress(page, 'Continue');
    await page.locator('[data-summary]', { hasText: STORY }).waitFor();
    // The agency changes its keys at this very moment: its new ones are asked for, and it is sealed again.
    let refused = '';
    await page.route(
      '**/api/v1/submissions',
      (route) => {
        refused = route.request().postData() ?? '';
        return route.fulfill({ status: 422, json: { errors: [{ code: 'not_current_reader', message: '' }] } });
      },
      { times: 1 },
    );
    const again = page.waitForRequest(
      (request) => request.url().endsWith('/submissions') && request.postData() !== refused,
    );
    await lookAndPress(page, 'Seal and send');
    await again;

    await page.locator('[data-slot=receipt]').waitFor();
    receipt = (await page.textContent('[data-slot=receipt]')) ?? '';
    reference = (await page.textContent('[data-slot=reference]')) ?? '';
    await page.getByText('It goes to: Ministry of Social Development (Work and Income).').waitFor();
    await page.getByText(/^You should have an answer by: \d+ \w+ \d{4}\. This is our aim/).waitFor();
    expect(receipt.split(' ')).toHaveLength(8);
    await look(page);
    await picture(page, 'receipt');
    await page.getByRole('button', { name: 'I have my words. Finish' }).click();
    await page.getByRole('heading', { name: 'Tell us once' }).waitFor();
    await page.goto(`${app.publicOrigin}/decision`);
    expect(new URL(page.url()).pathname).toBe('/start');
    expect(wrong).toEqual([]);
    expect(sent.filter((text) => /Sentinel|hana@home/.test(text) || text.includes(receipt))).toEqual([]);
  });

  it('is read, acknowledged and answered by an officer, in whose browser alone it opens', async () => {
    const { page, wrong, sent } = await visit(browser);
    await signIn(page, app.staffOrigin, first);
    await openCase(page, reference);
    await page.getByText(STORY).waitFor();
    await page.getByText(NAME).waitFor();
    await look(page);
    await picture(page, 'case');

    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByLabel('Your words to the person').fill('Sentinel: we have it');
    await page.getByRole('button', { name: 'Acknowledge with these words' }).click();
    await page.waitForURL(/\/staff\/cases\/[0-9a-f-]+$/);
    await opened(page);
    await page.getByRole('button', { name: 'Reply to the person' }).click();
    await opened(page);
    await page.getByLabel('Your reply').fill('Sentinel: it will be paid on Friday');
    await page.getByRole('button', { name: 'Send the reply', exact: true }).click();
    await page.waitForURL(/\/staff\/cases\/[0-9a-f-]+$/);
    expect(wrong).toEqual([]);
    expect(sent.filter((text) => text.includes('Sentinel'))).toEqual([]);
  });

  it('comes back with the eight words, reads the reply and answers it', async () => {
    const { page, wrong, sent } = await visit(browser);
    await page.goto(`${app.publicOrigin}/mailbox`);
    await page.fill('#receipt', receipt);
    await lookAndPress(page, 'Open the mailbox');
    await page.getByText('Sentinel: it will be paid on Friday').waitFor();
    await page.getByText(STORY).waitFor();
    await picture(page, 'mailbox');
    await page.fill('#text', 'Sentinel: thank you');
    await lookAndPress(page, 'Send it');
    await page.locator('.od-item', { hasText: 'Sentinel: thank you' }).waitFor();
    expect(wrong).toEqual([]);
    const words = receipt.split(' ').slice(0, 2).join(' ');
    expect(sent.filter((text) => text.includes('Sentinel') || text.includes(words))).toEqual([]);
  });

  it('is heard: the answer reaches the officer', async () => {
    const { page } = await visit(browser);
    // The second of the two: a code is good once, and the first has used theirs.
    await signIn(page, app.staffOrigin, second);
    await openCase(page, reference);
    await page.getByText('Sentinel: thank you').waitFor();
  });

  it('was told by mails that say nothing, and so was the agency', async () => {
    const mails = await mailsTo('msd@agency.test', 'hana@home.test');
    for (const mail of mails) {
      expect(mail).not.toMatch(/Sentinel|benefit/i);
      expect(mail).not.toContain(reference);
    }
  });
});

describe('a person without our script', () => {
  it.each(['off', 'not loading'] as const)(
    'does the same with scripts %s, told before writing and before returning what the server then sees',
    async (scripts) => {
      const { page } = await visit(browser, scripts);
      await answerQuestions(page, app.publicOrigin, ANSWERS);
      await page.getByRole('button', { name: /^Write to/ }).click();
      await page.getByText('our server sees your words for a moment').waitFor();
      await lookAndPress(page, 'Seal and send');

      await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
      await look(page);
      await page.fill('#whatHappened', STORY);
      await page.fill('#notify', 'not an address');
      await lookAndPress(page, 'Seal and send');
      expect(await page.inputValue('#whatHappened')).toBe(STORY);
      await page.fill('#notify', 'hana@mail.msd.govt.nz');
      await lookAndPress(page, 'Seal and send');
      await page.getByText('Do not use an address at the organisation').first().waitFor();
      await page.fill('#notify', '');
      await lookAndPress(page, 'Seal and send');
      const receipt = (await page.textContent('[data-slot=receipt]')) ?? '';
      expect(receipt.trim().split(' ')).toHaveLength(8);
      await look(page);

      await page.getByRole('link', { name: 'Go to the mailbox' }).click();
      await page.fill('#receipt', receipt);
      await lookAndPress(page, 'Open the mailbox');
      await page.waitForURL('**/mailbox/case');
      await page.getByText(STORY).waitFor();
      await page.fill('#text', 'One more thing');
      await lookAndPress(page, 'Send it');
      await page.locator('.od-item', { hasText: 'One more thing' }).waitFor();

      // Nothing of it is left for the next person at this computer.
      await page.goto(`${app.publicOrigin}/decision`);
      expect(new URL(page.url()).pathname).toBe('/start');
    },
  );

  it('is stopped at each gate, shown where to go, and nothing of it is kept', async () => {
    const { page } = await visit(browser, 'not loading');
    for (const [danger, classified, says] of [
      ['immediate', null, 'Call 111 now'],
      ['none', 'unsure', 'Inspector-General of Intelligence and Security'],
    ] as const) {
      await page.goto(`${app.publicOrigin}/start`);
      await page.locator(`input[value=${danger}]`).check();
      await lookAndPress(page, 'Continue');
      if (classified) {
        await page.locator(`input[value=${classified}]`).check();
        await lookAndPress(page, 'Continue');
      }
      await page.getByText(says).first().waitFor();
      await look(page);
      expect((await page.context().cookies()).map(({ name }) => name)).toEqual(['csrf']);
    }
  });

  it('can make a pack where the right body is not connected', async () => {
    const { page } = await visit(browser, 'not loading');
    await answerQuestions(page, app.publicOrigin, [
      'service_user',
      'acc',
      'injury_claim',
      'answered',
      'ongoing',
      'no',
      'no',
    ]);
    await page.getByText('cannot be reached through this site yet').waitFor();
    await page.getByRole('button', { name: 'Make a pack to send yourself' }).click();
    await page.getByRole('link', { name: 'acc.co.nz' }).waitFor();
    await page.getByText('acc.co.nz (not confirmed)').waitFor();
    await look(page);
  });
});

/** Waits until each address has been written to; what was written to all of them. */
async function mailsTo(...addresses: string[]): Promise<string[]> {
  const folder = join(app.home, 'mail');
  let mails: string[] = [];
  await until('everyone was written to', async () => {
    const names = await readdir(folder).catch(() => []);
    mails = await Promise.all(names.filter((n) => n.endsWith('.eml')).map((n) => readFile(join(folder, n), 'utf8')));
    return addresses.every((address) => mails.some((mail) => mail.includes(address)));
  });
  return mails;
}

const DECODED: Readonly<Record<string, string>> = {
  '&quot;': '"',
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&#39;': "'",
  '&#92;': '\\',
};

describe('a person whose page was given false keys', () => {
  interface Sealing {
    readers: { kid: string; jwk: object }[];
    receiver: string;
    proof: { head: string; cosignatures: string[] };
  }

  it('is told why, and nothing is sealed or sent', async () => {
    const { page, sent } = await visit(browser);
    const { kid, jwk } = await makeKeyPair('agreement');
    let forge: (sealing: Sealing) => unknown = (sealing) => sealing;
    await page.route('**/write', async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace(
        /(id="sealing" data-json=")([^"]*)/,
        (_, before: string, json: string) => {
          const text = json.replace(/&(?:quot|amp|lt|gt|#39|#92);/g, (code) => DECODED[code] ?? code);
          const sealing = JSON.parse(text) as Sealing;
          return before + JSON.stringify(forge(sealing)).replaceAll('&', '&amp;').replaceAll('"', '&quot;');
        },
      );
      await route.fulfill({ response, body });
    });
    await page.route('**/api/v1/agencies/*/readers', (route) => route.abort());
    await answerQuestions(page, app.publicOrigin, ANSWERS);
    sent.length = 0;

    const forged: [string, (sealing: Sealing) => unknown][] = [
      ['is not in the public list of keys', (sealing) => ({ ...sealing, readers: [{ kid, jwk }] })],
      ['is not in the public list of keys', (sealing) => ({ ...sealing, readers: [...sealing.readers, { kid, jwk }] })],
      ['is not in the public list of keys', (sealing) => ({ ...sealing, receiver: 'triage' })],
      ['is not in the public list of keys', (sealing) => ({ ...sealing, path: 'disclosure' })],
      ['is not in the public list of keys', (sealing) => ({ ...sealing, proof: null })],
      [
        'Nobody but us has vouched',
        ({ proof, ...sealing }) => ({ ...sealing, proof: { ...proof, cosignatures: proof.cosignatures.slice(1) } }),
      ],
      [
        'Nobody but us has vouched',
        ({ proof, ...sealing }) => ({
          ...sealing,
          proof: { ...proof, cosignatures: [proof.cosignatures[0], proof.cosignatures[0]] },
        }),
      ],
      [
        'is not signed as it must be',
        ({ proof, ...sealing }) => ({ ...sealing, proof: { ...proof, head: proof.cosignatures[0] } }),
      ],
    ];
    for (const [said, change] of forged) {
      forge = change;
      await page.goto(`${app.publicOrigin}/write`);
      await page.fill('#whatHappened', STORY);
      for (let step = 0; step < 5; step++) await page.getByRole('button', { name: 'Continue', exact: true }).click();
      await page.getByRole('button', { name: 'Seal and send', exact: true }).click();
      await page.locator('#failure', { hasText: said }).waitFor();
    }
    await look(page);
    expect(sent.filter((what) => what.includes('/submissions') || what.includes('Sentinel'))).toEqual([]);
    // The keys that the list is believed by are counted among the scripts.
    const manifest = (await (await fetch(`${app.publicOrigin}/assets/manifest.json`)).json()) as Record<string, string>;
    expect(await page.locator('script[src*="key-pins.js"]').getAttribute('integrity')).toBe(manifest['key-pins.js']);
    await page.goto(`${app.publicOrigin}/keys`);
    await page.getByText('Nobody outside watches this list yet.').waitFor();
    await look(page);
  });
});

describe('an officer for whom the list has a key that is not theirs', () => {
  it('is told at once when they sign in, and their keys are let go of', async () => {
    const owner = await Owner.of(app);
    const { kid, jwk } = await keyBehind(owner, second.signing.kid);
    await owner.rows(`INSERT INTO staff_keys (kid, staff_id, purpose, jwk) VALUES ($1, $2, 'signing', $3)`, [
      kid,
      second.actor.staffId,
      jwk,
    ]);
    await owner.close();
    await app.app.get(KeyLogKeeper, { strict: false }).runOnce();
    const { page } = await visit(browser);
    await signIn(page, app.staffOrigin, second);
    await page.getByRole('heading', { name: 'The public list of keys does not fit your keys' }).waitFor();
    await look(page);
    await page.goto(`${app.staffOrigin}/staff/unlock`);
    await page.locator('#unlock').waitFor();
  });
});

/** A signing key that comes after another in the order of kids: the server then still hands out the other as their own. */
async function keyBehind(owner: Owner, kid: string): Promise<MadeKey> {
  for (;;) {
    const made = await makeKeyPair('signing');
    const [row] = await owner.rows<{ behind: boolean }>('SELECT $1::text > $2::text AS behind', [made.kid, kid]);
    if (row?.behind === true) return made;
  }
}

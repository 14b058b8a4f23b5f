import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { Database } from '../../config/database.js';
import { KeyLogKeeper } from '../../src/agencies/key-log/key-log-keeper.js';
import { loadDirectory } from '../../src/agencies/directory.js';
import { newestEpoch } from '../../src/cases/open-words.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { closeDays } from '../../src/proofs/close-days.js';
import { findingSentences, namesIn } from '../../src/proofs/finding-sentences.js';
import { sayFinding } from '../../src/proofs/say-finding.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { sealItem } from '../../src/vault/content.js';
import { verifyProof } from '../../src/vault/proof.js';
import { type ProofKeys } from '../../src/vault/proof-file.js';
import { dayInWords } from '../../src/web/day.js';
import { Translations } from '../../src/web/translations.js';
import { DeskClient, SYSTEM } from '../cases/desk.js';
import { fetchSealed, unlock } from '../cases/sealed-cases.js';
import { answerQuestions, look, lookAndPress, openCase, signIn, visit } from '../browser/visit.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { openBrowser } from '../support/browser.js';

const STORY = 'Sentinel: the money went to his cousin. Kāore au i mōhio.';
const NAME = 'Sentinel: Hana';
const ANSWERS = ['service_user', 'msd', 'benefit', 'not_raised', 'under_3_months', 'no', 'no'];

let app: TestApp;
let browser: Browser;
let officer: EnrolledStaffMember;
let colleague: EnrolledStaffMember;
let folder: string;

beforeAll(async () => {
  [app, browser] = await Promise.all([startApp(), openBrowser()]);
  [officer, colleague] = (await openTestAgency(app, 'msd')) as [EnrolledStaffMember, EnrolledStaffMember];
  await openTestAgency(app, 'triage');
  folder = await mkdtemp(join(tmpdir(), 'onedoor-proof-'));
});

afterAll(async () => {
  await browser.close();
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

/** Presses a button that saves a file; gives where it lies. */
async function save(page: Page, button: string, as: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button, exact: true }).click(),
  ]);
  const path = join(folder, as);
  await download.saveAs(path);
  return path;
}

async function night(): Promise<void> {
  const database = app.app.get(Database, { strict: false });
  await database.asActor(SYSTEM, (manager) => closeDays(manager, todayInAuckland()));
  await app.app.get(KeyLogKeeper, { strict: false }).runOnce();
}

async function openMailbox(page: Page, receipt: string): Promise<void> {
  await page.goto(`${app.publicOrigin}/mailbox`);
  await page.fill('#receipt', receipt);
  await page.getByRole('button', { name: 'Open the mailbox' }).click();
  await page.locator('#proof-state').filter({ hasText: /\S/ }).waitFor();
}

/** What a broken or unwilling browser of a colleague leaves in the newest case. */
async function signWrongly(): Promise<void> {
  const database = app.app.get(Database, { strict: false });
  const client = await DeskClient.of({ ...app, database }, colleague);
  const [{ id } = { id: '' }] = await database.asActor(colleague.actor, (manager) =>
    manager.query<{ id: string }[]>('SELECT id FROM cases LIMIT 1'),
  );
  const keys = await unlock(client, colleague);
  const { opened } = await fetchSealed(client, id, keys);
  const newest = newestEpoch(opened, 'case');
  if (!newest) throw new Error('The case does not open.');
  const item = crypto.randomUUID();
  const jwe = await sealItem({
    caseKey: newest.caseKey,
    caseId: id,
    key: 'case',
    epoch: newest.record.epoch,
    item,
    kind: 'countersignature',
    content: { countersignature: 'nothing of the kind' },
    signer: keys.signing,
  });
  const signed = await client.post(`/staff/api/cases/${id}/countersignature`, { item: { id: item, jwe } });
  expect(signed.json()).toEqual({ stored: true });
}

describe('somebody who may have to prove what they said', () => {
  let receipt: string;
  let reference: string;
  let words: string;
  let proof: string;

  it('saves it where it was sealed, as a file that goes to nobody', async () => {
    const { page, wrong, sent } = await visit(browser);
    await answerQuestions(page, app.publicOrigin, ANSWERS);
    await page.getByRole('button', { name: /^Write to/ }).click();
    await page.fill('#whatHappened', STORY);
    for (let step = 0; step < 3; step++) await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.fill('#identity', NAME);
    for (let step = 0; step < 2; step++) await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.getByRole('button', { name: 'Seal and send', exact: true }).click();
    await page.locator('[data-slot=receipt]').waitFor();
    receipt = (await page.textContent('[data-slot=receipt]')) ?? '';
    reference = (await page.textContent('[data-slot=reference]')) ?? '';
    await page.getByText('Do not keep it at work').waitFor();
    await look(page);
    words = await save(page, 'Save what you wrote, as evidence', 'words.json');
    expect(await readFile(words, 'utf8')).toContain(STORY);
    expect(wrong).toEqual([]);
    expect(sent.filter((text) => text.includes('Sentinel'))).toEqual([]);
  });

  it('is countersigned by an officer who opens it, whatever another signed before that does not verify', async () => {
    await signWrongly();
    const { page, wrong } = await visit(browser);
    await signIn(page, app.staffOrigin, officer);
    await openCase(page, reference);
    await page.getByText('What you opened is what the person was promised.').waitFor();
    await page.getByText(STORY).waitFor();
    expect(await page.locator('.od-item').count()).toBe(2);
    // It is done once.
    await page.reload();
    await page.waitForSelector('#words[data-compared="before"]');
    expect(wrong).toEqual([]);
  });

  it('saves the proof from the mailbox once it is there, and what they wrote again', async () => {
    const { page, wrong, sent } = await visit(browser);
    await openMailbox(page, receipt);
    await page.getByText('The proof is not complete yet.').waitFor();
    await night();
    await openMailbox(page, receipt);
    await page.getByText('What you sent is in the public list').waitFor();
    await page.getByText('they could read it').waitFor();
    await look(page);
    proof = await save(page, 'Save the proof', 'proof.json');
    const again = await save(page, 'Save what you wrote, as evidence', 'again.json');
    expect((JSON.parse(await readFile(again, 'utf8')) as { opening: unknown }).opening).toEqual(
      (JSON.parse(await readFile(words, 'utf8')) as { opening: unknown }).opening,
    );
    expect(await page.locator('.od-item').count()).toBe(2);
    expect(wrong).toEqual([]);
    expect(sent.filter((text) => text.includes('Sentinel'))).toEqual([]);
  });

  it('has it checked by anybody at a page that needs no network, and says there what the command says', async () => {
    const { page, wrong, sent } = await visit(browser);
    const keys = (await (await fetch(`${app.publicOrigin}/api/v1/proofs/keys`)).json()) as ProofKeys;
    await page.goto(`${app.publicOrigin}/proof`);
    await look(page);
    await page.context().setOffline(true);
    const before = sent.length;
    const read = async (path: string) => JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    const [wholeProof, evidence] = [await read(proof), await read(words)];
    const opening = evidence.opening as { day: string };
    const cases: unknown[][] = [
      [wholeProof, evidence],
      [wholeProof],
      [evidence.promise],
      [evidence],
      [{ ...wholeProof, countersignature: null }, evidence],
      [wholeProof, { ...evidence, opening: { ...opening, day: '2026-01-01' } }],
      [{ ...wholeProof, promise: { ...(wholeProof.promise as object), commitment: 'A'.repeat(43) } }],
      [{ ...wholeProof, more: 1 }],
      [[]],
    ];
    const sentences = findingSentences(new Translations().in('en'));
    const say = { sentences, names: namesIn(loadDirectory(), 'en') };
    for (const [n, files] of cases.entries()) {
      const paths = await Promise.all(
        files.map(async (file, at) => {
          const path = join(folder, `${n.toString()}-${at.toString()}.json`);
          await writeFile(path, JSON.stringify(file));
          return path;
        }),
      );
      const { holds, says } = await verifyProof(files, keys);
      await page.setInputFiles('#files', []);
      await page.setInputFiles('#files', paths);
      await page.locator('#result-title', { hasText: holds ? 'What is here holds' : 'This does not hold' }).waitFor();
      const expected = says.map((finding) => {
        const values = Object.entries(finding.values).map(([name, value]) => [name, dayInWords(value, 'en')]);
        return sayFinding({ ...finding, values: Object.fromEntries(values) as typeof finding.values }, say);
      });
      await page.locator(`#findings li[data-code="${says.at(-1)?.code ?? ''}"]`).waitFor();
      expect((await page.locator('#findings li').allTextContents()).sort()).toEqual(expected.sort());
      if (n === 0) await page.locator('#words', { hasText: STORY }).waitFor();
    }
    expect(sent.length).toBe(before);
    expect(wrong).toEqual([]);
  });

  it('without a script is told so before, and saves both from the mailbox', async () => {
    const { page } = await visit(browser, 'off');
    await page.goto(`${app.publicOrigin}/mailbox`);
    await page.fill('#receipt', receipt);
    await lookAndPress(page, 'Open the mailbox');
    await page.getByText('What you sent is in the public list').waitFor();
    const keys = (await (await fetch(`${app.publicOrigin}/api/v1/proofs/keys`)).json()) as ProofKeys;
    const files = [
      await save(page, 'Save the proof', 'plain-proof.json'),
      await save(page, 'Save what you wrote, as evidence', 'plain-words.json'),
    ];
    const read = await Promise.all(files.map(async (path) => JSON.parse(await readFile(path, 'utf8')) as unknown));
    const { holds, says } = await verifyProof(read, keys);
    expect(holds).toBe(true);
    expect(says.map(({ code }) => code)).toEqual(['promised', 'opened', 'logged', 'could_be_read']);
  });
});

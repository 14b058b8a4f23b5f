import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { Client } from 'pg';
import { Database } from '../../config/database.js';
import { plusDays } from '../../src/clocks/holidays.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { DeskClient } from '../cases/desk.js';
import { enrol, StaffClient, type StaffApp } from '../staff/staff-app.js';
import { startApp } from '../support/app.js';
import { expectNoAxeViolations } from '../support/axe.js';
import { openBrowser } from '../support/browser.js';
import { lodge, Watcher } from './worker.js';

let staff: StaffApp;
let watcher: Watcher;
let operator: EnrolledStaffMember;
let client: DeskClient;
let browser: Browser;

beforeAll(async () => {
  // The queue is in a place where nobody answers: the pages do without.
  const app = await startApp({ ROLE: 'web', QUEUE_URL: 'redis://127.0.0.1:1' });
  const owner = new Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  watcher = new Watcher(app.database.ownerUrl);
  const close = async (): Promise<void> => {
    await owner.end();
    await watcher.close();
    await app.close();
  };
  staff = { ...app, owner, close };
  operator = await enrol(staff, 'triage', ['admin']);
  client = await signedIn(operator);
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await staff.close();
});

const signedIn = (who: EnrolledStaffMember): Promise<DeskClient> =>
  DeskClient.of({ ...staff, database: staff.app.get(Database) }, who);

/** A page on a phone, signed in as this client is. */
async function browse({ cookies }: DeskClient): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
  await context.addCookies([...cookies].map(([name, value]) => ({ name, value, url: staff.staffOrigin })));
  return context.newPage();
}

async function look(page: Page, path: string): Promise<void> {
  await page.goto(staff.staffOrigin + path);
  await page.locator('body.js-enabled').waitFor();
  await expectNoAxeViolations(page);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
}

async function giveUp(caseId: string | null, code = 'smtp_refused'): Promise<string> {
  const id = randomUUID();
  await watcher.rows(
    `INSERT INTO outbox (id, queue, name, case_id, dead_at, error_code, attempts)
     VALUES ($1, 'delivery', 'tell_person', $2, date_trunc('day', now()), $3, 14)`,
    [id, caseId, code],
  );
  return id;
}

const audited = (action: string) =>
  watcher.rows(
    `SELECT subject, happened_at IS NULL AS day_only FROM audit_entries WHERE action = $1 AND actor_id = $2`,
    [action, operator.actor.staffId],
  );
const text = async (path: string): Promise<string> => (await client.get(path)).text;

describe('the pages of the operator’s administrator', () => {
  it('are nobody else’s', async () => {
    const others = [await enrol(staff, 'psc', ['admin']), await enrol(staff, 'triage', ['officer', 'lead'])];
    const id = await giveUp(null);
    for (const other of others) {
      const stranger = await signedIn(other);
      for (const path of ['/staff/work', '/staff/work/dead-letters']) {
        expect((await stranger.get(path)).status).toBe(404);
      }
      for (const path of ['routing/pause', 'routing/resume', `dead-letters/${id}/replay`]) {
        expect((await stranger.submit(`/staff/work/${path}`, {})).status).toBe(404);
      }
    }
    expect((await new StaffClient(staff.staffOrigin).get('/staff/work')).headers.get('location')).toContain('sign-in');
    expect(await watcher.count('queue_pauses')).toBe(0);
    expect(await watcher.count('outbox', 'id = $1 AND dead_at IS NOT NULL', [id])).toBe(1);
    await watcher.rows('DELETE FROM outbox WHERE id = $1', [id]);
  });

  it('show how each queue and each delivery stands, also while the queue is away', async () => {
    await lodge(watcher, 'psc');
    await watcher.rows(
      `INSERT INTO notices (id, agency_id, to_whom, state, sent_on) VALUES
         (gen_random_uuid(), 'psc', 'agency', 'sent', '2026-02-03'), (gen_random_uuid(), 'psc', 'agency', 'sent', '2026-02-01'),
         (gen_random_uuid(), 'psc', 'agency', 'dead', NULL), (gen_random_uuid(), 'psc', 'agency', 'waiting', NULL),
         (gen_random_uuid(), 'triage', 'person', 'waiting', NULL)`,
    );
    await watcher.rows(
      `INSERT INTO webhook_endpoints (agency_id, url, failures, error_code, last_delivered_on)
       VALUES ('psc', 'https://psc.test/calls', 2, 'webhook_timeout', '2026-02-02')`,
    );
    const page = await text('/staff/work');
    expect(page).toMatch(/2 February 2026[^]*Failing \(webhook_timeout\)/);
    expect(page).not.toContain('psc.test');
    expect(page).toContain('The queue cannot be reached.');
    const cells = (label: string): string[] => {
      const row = new RegExp(`<th[^>]*>${label}[^]*?</tr>`).exec(page)?.[0] ?? '';
      return [...row.matchAll(/<td[^>]*>([^<]*)/g)].map(([, cell = '']) => cell.trim());
    };
    expect(cells('Placing cases').slice(0, 4)).toEqual(['1', 'Not known', '0', 'Going on']);
    expect(cells('Public Service Commission')).toEqual(['3 February 2026', '1', '1']);
    // That a person is being told is not counted for the agency.
    expect(page.match(/<td[^>]*>None yet<\/td>\s*<td[^>]*>0<\/td>\s*<td[^>]*>0<\/td>/g)).toHaveLength(1);
    expect(await audited('queue.viewed')).toContainEqual({ subject: null, day_only: false });
  });

  it('let a queue rest and go on, on the record', async () => {
    expect((await client.submit('/staff/work/routing/pause', {})).status).toBe(303);
    expect((await client.submit('/staff/work/routing/pause', {})).status).toBe(303);
    expect(await text('/staff/work')).toContain('Resting since');
    expect(await watcher.rows('SELECT queue, paused_by, paused_on::text FROM queue_pauses')).toEqual([
      { queue: 'routing', paused_by: operator.actor.staffId, paused_on: todayInAuckland() },
    ]);
    expect((await client.submit('/staff/work/routing/resume', {})).status).toBe(303);
    expect(await text('/staff/work')).not.toContain('Resting since');
    for (const action of ['queue.paused', 'queue.resumed']) {
      expect(await audited(action)).toEqual([{ subject: 'routing', day_only: false }]);
    }
    expect((await client.submit('/staff/work/everything/pause', {})).status).toBe(422);
  });

  it('list what was given up in plain words and page by page, never of which case, and have it done again once', async () => {
    const caseId = await lodge(watcher, 'psc', 'disclosure');
    const [reference] = await watcher.rows<{ reference: string }>('SELECT reference FROM cases WHERE id = $1', [
      caseId,
    ]);
    const ids = [await giveUp(caseId), await giveUp(caseId, 'database_40001'), await giveUp(caseId, 'unexpected')];
    for (let n = 0; n < 27; n++) ids.push(await giveUp(caseId));
    const first = await text('/staff/work/dead-letters');
    const next = /rel="next" href="([^"]+)"/.exec(first)?.[1] ?? '';
    const second = await text(next);
    expect(second).not.toContain('rel="next"');
    const listed = [...`${first}${second}`.matchAll(/dead-letters\/([0-9a-f-]{36})\/replay/g)].map(([, id]) => id);
    expect(listed).toEqual([...ids].sort());
    for (const words of ['The mail server refused the mail.', 'The database refused it.', 'The program failed.']) {
      expect(`${first}${second}`).toContain(words);
    }
    for (const secret of [caseId, reference?.reference ?? '', 'psc']) expect(`${first}${second}`).not.toContain(secret);

    const [id = ''] = ids;
    const answers = await Promise.all([1, 2, 3].map(() => client.submit(`/staff/work/dead-letters/${id}/replay`, {})));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 404, 404]);
    expect(await watcher.rows('SELECT dead_at, attempts FROM outbox WHERE id = $1', [id])).toEqual([
      { dead_at: null, attempts: 0 },
    ]);
    expect(await audited('queue.replayed')).toEqual([{ subject: id, day_only: true }]);
    for (const wrong of ['not-an-id', randomUUID()]) {
      const { status } = await client.submit(`/staff/work/dead-letters/${wrong}/replay`, {});
      expect([404, 422]).toContain(status);
    }
  });

  it('can be used by everybody, on a phone and in both languages', async () => {
    const page = await browse(client);
    await look(page, '/staff/work');
    await page.getByRole('button', { name: 'Let it rest: Notices' }).click();
    await page.getByRole('button', { name: 'Let it go on: Notices' }).click();
    await look(page, '/staff/work/dead-letters');
    await page.goto(`${staff.staffOrigin}/language?to=mi&back=/staff/work`);
    await look(page, '/staff/work');
    await page.context().close();
  });
});

describe('the page of what is past its date', () => {
  it('is for an agency’s leads, and shows their own complaints alone', async () => {
    const dueOn = plusDays(todayInAuckland(), -1);
    const ids: string[] = [];
    for (const [agency, path] of [
      ['psc', 'complaint'],
      ['triage', 'complaint'],
      ['psc', 'disclosure'],
    ] as const) {
      const id = await lodge(watcher, agency, path);
      ids.push(id);
      await watcher.rows(
        `INSERT INTO clocks (case_id, kind, basis, started_on, due_on) VALUES ($1, 'answer', 'our_aim', $2, $2)`,
        [id, dueOn],
      );
    }
    const lead = await enrol(staff, 'psc', ['lead']);
    for (const roles of [['officer'], ['disclosure_officer'], ['admin']] as const) {
      expect((await (await signedIn(await enrol(staff, 'psc', roles))).get('/staff/overdue')).status).toBe(404);
    }
    const page = await browse(await signedIn(lead));
    await look(page, '/staff/overdue');
    const links = await Promise.all((await page.locator('table a').all()).map((link) => link.getAttribute('href')));
    expect(links).toEqual([`/staff/cases/${ids[0] ?? ''}`]);
    expect(
      await watcher.count('audit_entries', `action = 'overdue.read' AND actor_id = $1`, [lead.actor.staffId]),
    ).toBe(1);
    await page.context().close();
  });
});

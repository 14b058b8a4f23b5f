import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { QueryResultRow } from 'pg';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { plusDays } from '../../src/clocks/holidays.js';
import type { PublicKey } from '../../src/vault/keys.js';
import { startDesk, type Desk } from '../cases/desk.js';
import { openAgency, seat, type AtDesk } from '../cases/handing-on.js';
import { lodge, type LodgedCase } from '../cases/sealed-cases.js';

let desk: Desk;
/** Two who are officers and disclosure officers. */
let ana: AtDesk;
let ben: AtDesk;
let lead: AtDesk;
let officer: AtDesk;
let stranger: AtDesk;
let complaint: LodgedCase;

const TODAY = todayInAuckland();
const HEAD = 'reference,received_on,status,acknowledged_on,outcome,closed_on';
const FORM = '/staff/official-information';
const WITHHELD = '/staff/disclosures/withheld';

beforeAll(async () => {
  desk = await startDesk();
  [ana, ben] = await openAgency(desk, 'ombudsman');
  lead = await seat(desk, 'ombudsman', ['lead']);
  officer = await seat(desk, 'ombudsman', ['officer']);
  stranger = await seat(desk, 'hdc', ['lead']);
  complaint = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
});
afterAll(() => desk.close());

const registerOf = ({ client }: AtDesk, from = TODAY, to = TODAY) =>
  client.get(`${FORM}/export?${new URLSearchParams({ from, to }).toString()}`);

const linesOf = async (by: AtDesk, from = TODAY, to = TODAY): Promise<string[]> =>
  (await registerOf(by, from, to)).text.split('\r\n');

/** Complaints in clear alone, as many on one day as are said. */
async function lay(day: string, many: number, reference = `'R' || lpad(n::text, 6, '0')`): Promise<void> {
  await desk.rows(
    `INSERT INTO cases (id, reference, agency_id, path, delivery, facets, ruleset, rules, sealed_where, status, lodged_on)
     SELECT gen_random_uuid(), ${reference}, 'ombudsman', 'complaint', 'direct', '{}', 't', '{}', 'browser', 'placed', $1
       FROM generate_series(1, $2::int) n`,
    [day, many],
  );
}

const entries = (by: AtDesk): Promise<unknown> =>
  desk.rows(
    `SELECT action, subject, happened_at IS NOT NULL AS timed FROM audit_entries
      WHERE actor_id = $1 AND action IN ('complaints.exported', 'disclosures.withheld_listed')`,
    [by.who.actor.staffId],
  );

describe('s 19: the register that an agency hands out as official information', () => {
  it('has a line for each complaint of the days that were asked for, none of their words, and nobody’s name', async () => {
    for (const by of [lead, officer]) {
      const { status, text, headers } = await registerOf(by);
      expect([status, text]).toEqual([200, `${HEAD}\r\n${complaint.reference},${TODAY},placed,,,\r\n`]);
      // A file with a head (RFC 4180), saved and not shown, and kept by no cache.
      expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
      expect(headers.get('content-disposition')).toBe('attachment; filename="complaints.csv"');
      expect(headers.get('cache-control')).toBe('no-store');
    }
    expect(await linesOf(lead, plusDays(TODAY, -9), plusDays(TODAY, -1))).toEqual([HEAD, '']);
  });

  it('is to the letter the same whether or not there is a disclosure, also to whoever reads that', async () => {
    const before = await Promise.all([lead, officer, ana].map((by) => registerOf(by)));
    const disclosure = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });
    const after = await Promise.all([lead, officer, ana].map((by) => registerOf(by)));
    expect(after.map(({ text }) => text)).toEqual(before.map(({ text }) => text));
    // It is there all the while.
    expect((await ana.client.get(WITHHELD)).text).toContain(disclosure.reference);
  });

  it('leaves out what whoever downloads it is kept out of, and nothing else', async () => {
    const kept = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
    await desk.rows(
      `INSERT INTO case_walls (id, case_id, staff_id, reason, set_by, set_on) VALUES (gen_random_uuid(), $1, $2, 'other', $3, $4)`,
      [kept.id, officer.who.actor.staffId, lead.who.actor.staffId, TODAY],
    );
    expect((await registerOf(officer)).text).not.toContain(kept.reference);
    expect((await registerOf(lead)).text).toContain(kept.reference);
    expect((await registerOf(officer)).text).toContain(complaint.reference);
  });

  it('has all of them where there are many on one day, each once, whatever is read at a time', async () => {
    const day = plusDays(TODAY, -100);
    await lay(day, 1_203);
    const lines = (await linesOf(lead, day, day)).slice(1, -1);
    expect(lines).toHaveLength(1_203);
    expect(new Set(lines).size).toBe(1_203);
  });

  it('marks as text what a spreadsheet would take for a formula', async () => {
    const day = plusDays(TODAY, -50);
    await lay(day, 1, `'=1+1'`);
    expect((await linesOf(lead, day, day))[1]).toBe(`'=1+1,${day},placed,,,`);
  });

  it('is recorded with its days and its time, and comes as a file', async () => {
    const by = await seat(desk, 'ombudsman', ['lead']);
    expect(await entries(by)).toEqual([]);
    await registerOf(by, '2026-01-05', '2026-03-31');
    expect(await entries(by)).toEqual([
      { action: 'complaints.exported', subject: '2026-01-05.2026-03-31', timed: true },
    ]);
  });

  it.each([
    ['what is no day', '2026-02-31', TODAY, 'Give a day that there is.'],
    ['a day that no complaint can have', '0000-01-01', '0000-01-02', 'Give a day that there is.'],
    ['the last day before the first', TODAY, plusDays(TODAY, -1), 'The last day lies before the first.'],
    ['more than a year', '2020-01-01', '2021-01-01', 'Ask for a year at most'],
  ])('answers %s by the form with what is wrong', async (_, from, to, words) => {
    const { status, text } = await registerOf(lead, from, to);
    expect(status).toBe(422);
    expect(text).toContain(words);
    expect(text).toContain(`value="${from}"`);
  });

  it('is of one’s own agency, and not there for who settles no complaint', async () => {
    expect(await linesOf(stranger)).toEqual([HEAD, '']);
    for (const role of ['admin', 'analyst', 'auditor', 'disclosure_officer'] as const) {
      const { client } = await seat(desk, 'ombudsman', [role]);
      expect((await client.get(FORM)).status).toBe(404);
      expect((await registerOf({ ...lead, client })).status).toBe(404);
      expect((await registerOf({ ...lead, client }, 'never')).status).toBe(404);
    }
  });

  it('is asked for on a page that tells an officer of no other list', async () => {
    const [theirs, hers] = [await officer.client.get(FORM), await ana.client.get(FORM)];
    expect(theirs.text).not.toContain('/staff/disclosures');
    expect(hers.text).toContain(`href="${WITHHELD}"`);
    expect((await officer.client.get('/staff/inbox')).text).toContain(`href="${FORM}"`);
  });
});

describe('s 19: what was withheld for review', () => {
  it('is listed for those disclosure officers who can read it, with the section and that it is our reading', async () => {
    const readers = await desk.rows<PublicKey & QueryResultRow>(
      `SELECT kid, jwk FROM staff_keys WHERE staff_id = $1 AND purpose = 'agreement'`,
      [ana.who.actor.staffId],
    );
    const disclosure = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure', readers });
    const [hers, his] = [await ana.client.get(WITHHELD), await ben.client.get(WITHHELD)];
    expect(hers.text).toContain(
      `<a class="govuk-link" href="/staff/cases/${disclosure.id}">${disclosure.reference}</a>`,
    );
    expect(hers.text).not.toContain(complaint.reference);
    expect(hers.text).toMatch(/may be refused under s 19/);
    expect(hers.text).toMatch(/our reading[^<]*check with the Ombudsman/);
    expect(his.text).not.toContain(disclosure.reference);
    const then = plusDays(TODAY, -1);
    expect((await ana.client.get(`${WITHHELD}?from=${then}&to=${then}`)).text).not.toContain(disclosure.reference);
  });

  it('goes on over pages', async () => {
    const day = plusDays(TODAY, -30);
    const references: string[] = [];
    for (let n = 0; n < 51; n++) {
      const { id, reference } = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });
      references.push(reference);
      await desk.rows('UPDATE cases SET lodged_on = $2 WHERE id = $1', [id, day]);
    }
    const first = await ben.client.get(`${WITHHELD}?from=${day}&to=${day}`);
    const next = /rel="next" href="([^"]+)"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const second = await ben.client.get(WITHHELD + next);
    const on = (text: string): string[] => references.filter((reference) => text.includes(reference));
    expect([on(first.text).length, on(second.text).length]).toEqual([50, 1]);
    expect(new Set([...on(first.text), ...on(second.text)]).size).toBe(51);
    expect(second.text).not.toContain('rel="next"');
  });

  it('is not there for anybody else, whatever they ask for, and that somebody looked has no time', async () => {
    const admin = await seat(desk, 'ombudsman', ['admin']);
    for (const by of [lead, officer, admin, stranger]) {
      for (const query of ['', '?from=never', `?from=${TODAY}&to=${TODAY}`]) {
        expect((await by.client.get(WITHHELD + query)).status).toBe(404);
      }
    }
    await ben.client.get(WITHHELD);
    expect(await entries(ben)).toContainEqual({ action: 'disclosures.withheld_listed', subject: null, timed: false });
    expect((await ben.client.get(`${WITHHELD}?from=never`)).status).toBe(422);
  });
});

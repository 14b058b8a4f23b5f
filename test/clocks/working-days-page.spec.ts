import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startApp({ ROLE: 'web' });
});

afterAll(() => app.close());

const page = async (asked: Record<string, string>): Promise<string> => {
  const response = await fetch(`${app.publicOrigin}/working-days?${new URLSearchParams(asked).toString()}`);
  expect(response.status).toBe(200);
  return response.text();
};
const ASKED = { law: 'legislation', from: '2026-12-24', days: '20' };
const text = (html: string): string => html.replaceAll(/<[^>]+>|\s+/g, ' ').replaceAll(/ +/g, ' ');

describe('the page on how a due date is counted', () => {
  it('shows each day with its number, or why it does not count, up to the due date', async () => {
    const shown = text(await page(ASKED));
    expect(shown).toContain('20 working days from 24 December 2026 end on Monday 1 February 2027.');
    expect(shown).toContain('24 December 2026 The day of receipt. It is not counted.');
    expect(shown).toContain('Friday 25 December 2026 Not counted, turn of the year');
    expect(shown).toContain('Monday 4 January 2027 Not counted, in place of a New Year holiday');
    expect(shown).toContain('Tuesday 5 January 2027 Day 1 ');
    expect(shown).toContain('Monday 1 February 2027 Day 20 ');
  });

  it('leaves out other days under other laws, and under one of them the anniversary day of the area', async () => {
    expect(text(await page({ ...ASKED, law: 'oia' }))).toContain('end on Monday 15 February 2027');
    const council = { law: 'lgoima', from: '2027-01-29', days: '1' };
    expect(text(await page(council))).toContain('end on Monday 1 February 2027');
    expect(text(await page({ ...council, anniversary: '2027-02-01' }))).toContain('end on Tuesday 2 February 2027');
    expect(text(await page({ ...council, anniversary: '' }))).toContain('end on Monday 1 February 2027');
  });

  it('says what it knows from memory only', async () => {
    expect(await page(ASKED)).toContain('check with the Ombudsman');
  });

  it.each([
    [{ ...ASKED, days: '0' }, 'days', 'Give a whole number from 1 to 100.'],
    [{ ...ASKED, days: '101' }, 'days', 'Give a whole number from 1 to 100.'],
    [{ ...ASKED, from: '2026-02-30' }, 'from', 'Give a day that there is.'],
    [{ ...ASKED, from: '2026-W05-3' }, 'from', 'Give a day that there is.'],
    [{ ...ASKED, from: '2052-12-20' }, 'from', 'Working days are known from 2022 to 2052 only.'],
    [{ ...ASKED, law: 'none' }, 'law', 'Choose one of the answers shown.'],
    [{ ...ASKED, anniversary: 'soon' }, 'anniversary', 'Give a day that there is.'],
  ])('says beside its field what cannot be counted, and keeps the rest: %j', async (asked, field, said) => {
    const shown = await page(asked);
    expect(shown).toMatch(new RegExp(`<a href="#${field}">${said}`));
    expect(shown).not.toContain('id="due"');
    expect(shown).toContain(`value="${field === 'days' ? asked.from : asked.days}"`);
  });
});

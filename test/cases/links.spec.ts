import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { makeReference } from '../../src/cases/case-reference.js';
import { MOST_LINKS } from '../../src/cases/link-case.js';
import { startDesk, type Answer, type Desk } from './desk.js';
import { accept, open, openAgency, Person, propose, seat, type AtDesk } from './handing-on.js';
import { lodge, type LodgedCase } from './sealed-cases.js';

let desk: Desk;
let ana: AtDesk;
let officer: AtDesk;
let other: AtDesk;
let mine: LodgedCase;
/** References that `officer` may not tell apart: of nothing, of another agency's complaint, and of a disclosure. */
let hidden: Record<string, string>;

beforeAll(async () => {
  desk = await startDesk();
  [ana] = await openAgency(desk, 'ombudsman');
  [other] = await openAgency(desk, 'ipca');
  officer = await seat(desk, 'ombudsman', ['officer']);
  mine = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
  hidden = {
    nothing: makeReference(),
    'another agency has': (await lodge(desk, { agencyId: 'ipca', path: 'complaint' })).reference,
    'a disclosure at the same agency': (await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' })).reference,
    'a disclosure elsewhere': (await lodge(desk, { agencyId: 'ipca', path: 'disclosure' })).reference,
  };
});

afterAll(() => desk.close());

const link = (by: AtDesk, { id }: Pick<LodgedCase, 'id'>, reference: string, kind = 'related'): Promise<Answer> =>
  by.client.submit(`/staff/cases/${id}/links`, { reference, kind });

const linksOf = ({ id }: Pick<LodgedCase, 'id'>): Promise<{ id: string; reference: string; kind: string }[]> =>
  desk.rows('SELECT id, reference, kind FROM case_links WHERE case_id = $1 ORDER BY reference', [id]);

const page = async (by: AtDesk, { id }: Pick<LodgedCase, 'id'>): Promise<string> =>
  (await by.client.get(`/staff/cases/${id}`)).text;

describe('a link to another case', () => {
  it('is noted as it was typed, and leads there only whom the other case is open to', async () => {
    const found = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
    const answer = await link(ana, found, ` ${mine.reference.toLowerCase().replaceAll('-', ' ')}`, 'duplicate');
    expect([answer.status, answer.location]).toEqual([303, `/staff/cases/${found.id}#links`]);
    expect(await linksOf(found)).toMatchObject([{ reference: mine.reference, kind: 'duplicate' }]);
    expect(await page(officer, found)).toContain(`href="/staff/cases/${mine.id}">${mine.reference}</a>`);
    // Nothing stands on the other side.
    expect(await linksOf(mine)).toEqual([]);
    expect(await page(officer, mine)).not.toContain(found.reference);
  });

  it('tells nobody whether the other case exists: by no answer, no page, no count and nothing left behind', async () => {
    const shown: string[] = [];
    for (const reference of Object.values(hidden)) {
      const found = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
      const before = await count();
      const answers = [await link(officer, found, reference), await link(officer, found, reference)];
      const seen = await page(officer, found);
      expect(seen).toContain(reference);
      const [noted] = await linksOf(found);
      const removed = await officer.client.submit(`/staff/cases/${found.id}/links/${noted?.id ?? ''}/remove`);
      shown.push(
        JSON.stringify([...answers, removed].map(({ status, location, text }) => [status, location, text]))
          .replaceAll(found.id, 'ID')
          .replaceAll(reference, 'REFERENCE') +
          seen
            .replaceAll(found.id, 'ID')
            .replaceAll(found.reference, 'OWN')
            .replaceAll(reference, 'REFERENCE')
            .replaceAll(noted?.id ?? '', 'LINK')
            .replace(/(content|value)="[\w-]{43}"/g, 'TOKEN'),
      );
      const after = await count();
      expect([after.events - before.events, after.items - before.items, after.outbox - before.outbox]).toEqual([
        0, 0, 0,
      ]);
      expect(await linksOf(found)).toEqual([]);
    }
    expect(new Set(shown).size).toBe(1);
  });

  it('asks the database the very same, whatever it finds', async () => {
    const asked = new Set<string>();
    for (const reference of Object.values(hidden)) {
      const found = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
      const statements: string[] = [];
      const runner = desk.database.dataSource.createQueryRunner.bind(desk.database.dataSource);
      desk.database.dataSource.createQueryRunner = (mode) => {
        const made = runner(mode);
        const query = made.query.bind(made);
        made.query = ((text: string, ...rest: unknown[]) => {
          statements.push(text);
          return (query as (...all: unknown[]) => unknown)(text, ...rest);
        }) as typeof made.query;
        return made;
      };
      try {
        await link(officer, found, reference);
        await page(officer, found);
      } finally {
        desk.database.dataSource.createQueryRunner = runner;
      }
      expect(statements.length).toBeGreaterThan(0);
      asked.add(JSON.stringify(statements));
    }
    expect(asked.size).toBe(1);
  });

  it('leads to a disclosure only the disclosure officers it was granted to', async () => {
    const found = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
    const reference = hidden['a disclosure at the same agency'] ?? '';
    await link(officer, found, reference);
    expect(await page(officer, found)).not.toContain(`">${reference}</a>`);
    expect(await page(ana, found)).toContain(`">${reference}</a>`);
  });

  it('is refused by its form alone, and what was typed is shown again', async () => {
    const found = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
    const wrong = mine.reference.slice(0, -1) + (mine.reference.endsWith('1') ? '2' : '1');
    for (const typed of [wrong, 'x', '', `${mine.reference}/0`, `${mine.reference}/10`]) {
      const { status, text } = await link(officer, found, typed, 'duplicate');
      expect([typed, status]).toEqual([typed, 422]);
      expect(text).toContain(`value="${typed}"`);
      expect(text).toContain('One of its letters or numbers is wrong or missing.');
    }
    expect((await link(officer, found, mine.reference, 'enemy')).status).toBe(422);
    expect((await link(officer, found, found.reference)).text).toContain('the reference of this very case');
    expect(await linksOf(found)).toEqual([]);
    expect((await link(officer, found, `${mine.reference}/2`)).status).toBe(303);
  });

  it('said twice lies there once; said with the other word it is that', async () => {
    const found = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
    for (const kind of ['related', 'related', 'duplicate']) await link(officer, found, mine.reference, kind);
    expect(await linksOf(found)).toMatchObject([{ kind: 'duplicate' }]);
    const acts = await desk.rows(`SELECT action FROM audit_entries WHERE case_id = $1 AND action = 'case.linked'`, [
      found.id,
    ]);
    expect(acts).toHaveLength(2);
  });

  it('is for those who may read the case, and of these only for their own agency', async () => {
    const found = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
    await link(officer, found, mine.reference);
    const [noted] = await linksOf(found);
    for (const path of ['links', `links/${noted?.id ?? ''}/remove`]) {
      const fields = { reference: mine.reference, kind: 'related' };
      expect((await other.client.submit(`/staff/cases/${found.id}/${path}`, fields)).status).toBe(404);
    }
    expect((await other.client.get(`/staff/cases/${found.id}/link`)).status).toBe(404);
    const { id } = await propose(ana, found, 'ipca');
    await (await Person.of(desk, found)).agree(id);
    await accept(other, id);
    expect((await open(other, id)).status).toBe(204);
    // The case is theirs now; what the agency before had noted is not, nor can they take it off.
    expect(await page(other, found)).not.toContain(mine.reference);
    await other.client.submit(`/staff/cases/${found.id}/links/${noted?.id ?? ''}/remove`);
    expect(await linksOf(found)).toHaveLength(1);
  });

  it('of another case cannot be taken off through this one', async () => {
    const found = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
    await link(officer, found, mine.reference);
    const [noted] = await linksOf(found);
    for (const id of [noted?.id ?? '', randomUUID(), 'x']) {
      expect((await officer.client.submit(`/staff/cases/${mine.id}/links/${id}/remove`)).status).toBe(303);
    }
    expect(await linksOf(found)).toHaveLength(1);
  });

  it('has room for as many as anybody needs, and no more', async () => {
    const found = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
    await desk.rows(
      `INSERT INTO case_links SELECT gen_random_uuid(), $1, 'ombudsman', 'R' || n, 'related', gen_random_uuid(), now()
         FROM generate_series(1, $2) n`,
      [found.id, MOST_LINKS],
    );
    expect((await link(officer, found, mine.reference)).status).toBe(409);
  });
});

async function count(): Promise<{ events: number; items: number; outbox: number }> {
  const [row] = await desk.rows<{ events: number; items: number; outbox: number }>(
    `SELECT (SELECT count(*) FROM case_events)::int AS events, (SELECT count(*) FROM case_items)::int AS items,
            (SELECT count(*) FROM outbox)::int AS outbox`,
  );
  return row ?? { events: 0, items: 0, outbox: 0 };
}

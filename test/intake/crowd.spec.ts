import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readReference } from '../../src/cases/case-reference.js';
import { until } from '../support/until.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { FACETS, type Lodged, newKey, Owner, readersOf, seal, submit } from './door.js';

const CROWD = 200;

let app: TestApp;
let owner: Owner;

beforeAll(async () => {
  app = await startApp({ ROLE: 'all' });
  owner = await Owner.of(app);
  await openTestAgency(app, 'msd');
  await openTestAgency(app, 'triage');
});

afterAll(async () => {
  await owner.close();
  await app.close();
});

describe('two hundred people at once', () => {
  const bodies: object[] = [];
  let answers: Lodged[];

  it('are all answered, half of them sealed before and a tenth sent twice', async () => {
    const readers = await readersOf(app, 'msd');
    for (let i = 0; i < CROWD; i++) {
      const statement = { whatHappened: `Story ${i.toString()}` };
      bodies.push(
        i % 2 === 0
          ? { facets: FACETS, statement }
          : { facets: FACETS, ...(await seal({ readers, receiver: 'msd', statement })).submission },
      );
    }
    const sent = await Promise.all(
      bodies.map(async (body, i) => {
        const headers = { 'idempotency-key': newKey() };
        const twice = await Promise.all(Array.from({ length: i % 10 === 0 ? 2 : 1 }, () => submit(app, body, headers)));
        const texts = await Promise.all(twice.map((response) => response.text()));
        return { statuses: twice.map(({ status }) => status), texts };
      }),
    );
    expect(sent.flatMap(({ statuses }) => statuses).filter((status) => status !== 201)).toEqual([]);
    expect(sent.filter(({ texts }) => new Set(texts).size !== 1)).toEqual([]);
    answers = sent.map(({ texts: [text = ''] }) => JSON.parse(text) as Lodged);
  });

  it('have a reference each, and those who need one a receipt each', () => {
    const references = answers.map(({ reference }) => reference);
    expect(new Set(references).size).toBe(CROWD);
    expect(references.filter((reference) => readReference(reference) !== reference)).toEqual([]);
    const receipts = answers.flatMap(({ receipt }) => (receipt === undefined ? [] : [receipt]));
    expect(receipts).toHaveLength(CROWD / 2);
    expect(new Set(receipts).size).toBe(CROWD / 2);
  });

  it('have one case each, whole, and placed once', async () => {
    const pending = `SELECT 1 FROM outbox WHERE name = 'place_case'`;
    await until('every case is placed', async () => (await owner.rows(pending)).length === 0, 120_000);
    const cases = await owner.rows<{ id: string; reference: string }>(
      `SELECT id, reference FROM cases WHERE status = 'placed'`,
    );
    expect(cases.map(({ reference }) => reference).sort()).toEqual(answers.map(({ reference }) => reference).sort());
    const parts = await owner.rows<Record<string, number>>(
      `SELECT (SELECT count(*)::int FROM case_items i WHERE i.case_id = c.id) AS items,
              (SELECT count(*)::int FROM case_epochs e WHERE e.case_id = c.id) AS epochs,
              (SELECT count(*)::int FROM case_grants g WHERE g.case_id = c.id) AS grants,
              (SELECT count(*)::int FROM mailboxes m WHERE m.case_id = c.id) AS mailboxes,
              (SELECT count(*)::int FROM disposal.keys k WHERE k.case_id = c.id) AS disposal,
              (SELECT count(*)::int FROM case_events v WHERE v.case_id = c.id AND v.kind = 'lodged') AS lodged,
              (SELECT count(*)::int FROM case_events v WHERE v.case_id = c.id AND v.kind = 'placed') AS placed,
              (SELECT count(*)::int FROM clocks k WHERE k.case_id = c.id) AS clocks,
              (SELECT count(*)::int FROM audit_entries a WHERE a.case_id = c.id AND a.action = 'case.lodged') AS told,
              (SELECT count(*)::int FROM audit_entries a WHERE a.case_id = c.id AND a.action = 'case.placed') AS told_placed
         FROM cases c`,
    );
    const whole = {
      items: 1,
      epochs: 1,
      grants: 2,
      mailboxes: 1,
      disposal: 1,
      lodged: 1,
      placed: 1,
      clocks: 1,
      told: 1,
      told_placed: 1,
    };
    expect(parts.filter((part) => JSON.stringify(part) !== JSON.stringify(whole))).toEqual([]);
    expect(parts).toHaveLength(CROWD);
    // Of a request sent twice no half may have stayed behind.
    expect(await owner.rows('SELECT count(*)::int AS n FROM mailboxes')).toEqual([{ n: CROWD }]);
    expect(await owner.rows('SELECT count(*)::int AS n FROM idempotency_keys')).toEqual([{ n: CROWD }]);
  });
});

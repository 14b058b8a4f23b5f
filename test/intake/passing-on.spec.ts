import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Database } from '../../config/database.js';
import { openAgency } from '../../src/demo/open-agency.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import type { PublicKey } from '../../src/vault/keys.js';
import type { SealedSubmission } from '../../src/vault/lodging.js';
import { DeskClient, type Answer } from '../cases/desk.js';
import { startApp, type TestApp } from '../support/app.js';
import { knownPassphrase } from '../support/passphrases.js';
import { FACETS, newKey, Owner, readersOf, seal, submit, type Problem } from './door.js';

let app: TestApp;
let owner: Owner;
let client: DeskClient;
let cat: EnrolledStaffMember;
let readers: PublicKey[];
let ofComplaints: PublicKey[];

beforeAll(async () => {
  app = await startApp({ ROLE: 'web' });
  owner = await Owner.of(app);
  const people = await openAgency(
    app.app,
    { id: 'msd', noticeEmail: 'msd@agency.test' },
    ['Ana', 'Ben', 'Cat'].map((displayName, n) => ({
      displayName,
      username: `${displayName.toLowerCase()}.msd`,
      ...knownPassphrase(n + 1),
      roles: ['officer', 'disclosure_officer'] as const,
    })),
  );
  const database = app.app.get(Database, { strict: false });
  const desk = { ...app, database, rows: (sql: string, values?: unknown[]) => owner.rows(sql, values) };
  const [ana, , third] = people as [EnrolledStaffMember, EnrolledStaffMember, EnrolledStaffMember];
  cat = third;
  client = await DeskClient.of(desk, ana);
  readers = await readersOf(app, 'msd', 'disclosures');
  ofComplaints = await readersOf(app, 'msd');
});

afterAll(async () => {
  await owner.close();
  await app.close();
});

async function sealed(to: readonly PublicKey[] = readers): Promise<SealedSubmission> {
  return (await seal({ readers: to, receiver: 'msd' })).submission;
}

const passOn = (body: object, key = newKey()): Promise<Answer> =>
  client.post('/staff/api/passing-on', body, { 'idempotency-key': key });
const blamed = (answer: Answer): string[] => (answer.json() as Problem).errors.map(({ code }) => code);
const code = (answer: Answer): string => (answer.json() as Problem).code;
const stored = (): Promise<{ path: string; agency: string; facets: object | null; rules: string[] }[]> =>
  owner.rows('SELECT path, agency_id AS agency, facets, rules FROM cases');

describe('what an officer passes on', () => {
  it('is a disclosure at their agency, stored once however often it is sent, and at once', async () => {
    const [body, key] = [await sealed(), newKey()];
    const answers = await Promise.all([passOn(body, key), passOn(body, key), passOn(body, key)]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    const references = answers.map((answer) => (answer.json() as { reference: string }).reference);
    expect(new Set(references).size).toBe(1);
    expect(await stored()).toEqual([{ path: 'disclosure', agency: 'msd', facets: null, rules: [] }]);
    expect(code(await passOn(await sealed(), key))).toBe('idempotency_key_reused');
    expect(code(await passOn(body))).toBe('already_lodged');
    // Also when nobody could be sent it now: whoever asks must not make it again.
    await owner.rows(`UPDATE agencies SET open_for_intake = false WHERE id = 'msd'`);
    expect(code(await passOn(body))).toBe('already_lodged');
    await owner.rows(`UPDATE agencies SET open_for_intake = true WHERE id = 'msd'`);
    expect(await stored()).toHaveLength(1);
  });

  it('names neither the officer nor the moment in the log', async () => {
    const entries = await owner.rows(
      `SELECT action, actor_kind, actor_id, happened_at FROM audit_entries WHERE action = 'case.lodged'`,
    );
    expect(entries).toEqual([{ action: 'case.lodged', actor_kind: 'public', actor_id: '', happened_at: null }]);
  });

  it('is sealed to the disclosure officers and to nobody else, and keeps out whom the officer ticked', async () => {
    const before = (await stored()).length;
    expect(blamed(await passOn(await sealed(ofComplaints)))).toContain('not_current_reader');
    const kid = cat.agreement.kid;
    expect(blamed(await passOn({ ...(await sealed()), excluded: [kid] }))).toContain('not_current_reader');
    expect(await stored()).toHaveLength(before);
    const body = await sealed(readers.filter((reader) => reader.kid !== kid));
    expect((await passOn({ ...body, excluded: [kid] })).status).toBe(201);
    expect(await owner.rows('SELECT staff_id, reason FROM case_walls WHERE case_id = $1', [body.sealed.case])).toEqual([
      { staff_id: cat.actor.staffId, reason: 'excluded' },
    ]);
  });

  it('is refused, with nothing stored, where nobody takes disclosures, and without a key to send it again by', async () => {
    const before = (await stored()).length;
    const body = await sealed();
    expect((await client.post('/staff/api/passing-on', body)).status).toBe(422);
    await owner.rows(`UPDATE agencies SET open_for_intake = false WHERE id = 'msd'`);
    expect(code(await passOn(body))).toBe('not_open');
    await owner.rows(`UPDATE agencies SET open_for_intake = true WHERE id = 'msd'`);
    expect(await stored()).toHaveLength(before);
  });

  it('is asked about on the page of a whole, once nothing beside it is open, and on that of no part', async () => {
    const { submission } = await seal({ readers: ofComplaints, receiver: 'msd' });
    expect((await submit(app, { facets: FACETS, ...submission })).status).toBe(201);
    const whole = submission.sealed.case;
    const page = async (id: string): Promise<Answer> => client.get(`/staff/cases/${id}/pass-on`);
    await owner.rows(`UPDATE cases SET status = 'placed' WHERE id = $1`, [whole]);
    expect((await page(whole)).text).toContain('id="pass-on"');
    const part = randomUUID();
    await owner.rows(
      `INSERT INTO cases (id, reference, whole_id, part_number, agency_id, path, delivery, facets, ruleset, rules,
                          sealed_where, status, lodged_on)
       SELECT $2, reference || '/1', id, 1, agency_id, path, delivery, facets, ruleset, rules, sealed_where, 'placed', lodged_on
         FROM cases WHERE id = $1`,
      [whole, part],
    );
    const open = await page(whole);
    expect([
      open.status,
      open.text.includes('A part of this case is still open'),
      open.text.includes('id="pass-on"'),
    ]).toEqual([200, true, false]);
    expect((await page(part)).status).toBe(404);
    await owner.rows(`UPDATE cases SET status = 'lodged' WHERE id = $1`, [whole]);
    const { text } = await page(whole);
    expect([text.includes('This complaint is still being placed.'), text.includes('id="pass-on"')]).toEqual([
      true,
      false,
    ]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../../config/database.js';
import { makeReference } from '../../src/cases/case-reference.js';
import { sealNote, sealReply } from '../../src/cases/seal-words.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { recordStatements, type Statement } from '../bench/recorded-statements.js';
import { startDesk, type Desk } from './desk.js';
import { accept, open, openAgency, Person, propose, seat, sealedOpening, type AtDesk } from './handing-on.js';
import { fetchSealed, lodge, type LodgedCase } from './sealed-cases.js';
import { split } from './splitting.js';

// What the application checks is left out here: the very statements of the desk are sent again in the name of people who
// may not see the case, and PostgreSQL alone answers.

let desk: Desk;
let ana: AtDesk;
let ben: AtDesk;
let hana: AtDesk;
/** An officer who is in on everything else, and is walled off from both cases. */
let cat: AtDesk;
let complaint: LodgedCase;
let disclosure: LodgedCase;
/** What the desk asked about each while everything there is to do was done with it. */
let asked: Readonly<Record<'complaint' | 'disclosure', readonly Statement[]>>;

/** Turns of the transaction, and who acts: sent again they would end ours. */
const FRAME = /^\s*(?:START|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|SET)\b|set_config/;
const OPERATION = /^\s*(?:WITH\b[\s\S]*?\)\s*)?(SELECT|INSERT|UPDATE|DELETE)\b/i;

beforeAll(async () => {
  desk = await startDesk();
  cat = await seat(desk, 'ombudsman', ['officer', 'lead', 'disclosure_officer']);
  [ana, ben] = await openAgency(desk, 'ombudsman');
  [hana] = await openAgency(desk, 'hdc');
  await desk.rows(`INSERT INTO webhook_endpoints (agency_id, url) VALUES ('hdc', 'https://hdc.test/')`);
  complaint = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
  disclosure = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });
  asked = {
    complaint: await recordStatements(async () => {
      await work(complaint, {});
    }),
    disclosure: await recordStatements(async () => {
      await work(disclosure, { recipientConsultedOn: todayInAuckland() });
    }),
  };
}, 240_000);
afterAll(async () => {
  await desk.close();
});

/** Does with a case whatever the desk knows to do. */
async function work(lodged: LodgedCase, more: object): Promise<void> {
  const { id } = lodged;
  const at = `/staff/cases/${id}`;
  const isComplaint = lodged === complaint;
  const ok = (answer: { status: number; text: string }): void => {
    if (answer.status >= 400) throw new Error(answer.text.slice(0, 2_000));
  };
  ok(await ana.client.submit(`${at}/walls`, { staffId: cat.who.actor.staffId, reason: 'named' }));
  for (const page of ['/staff/inbox', '/staff/disclosures', at, `${at}/walls`]) ok(await ana.client.get(page));
  ok(await ana.client.submit(`${at}/acknowledge`));
  const keys = await ana.keys();
  const { sealed, opened } = await fetchSealed(ana.client, id, keys);
  ok(
    await ana.client.post(`/staff/api/cases/${id}/replies`, {
      item: await sealReply(sealed, opened, keys.signing, 'An answer'),
    }),
  );
  ok(await ana.client.post(`/staff/api/cases/${id}/notes`, await sealNote(sealed, opened, keys.signing, 'A note')));
  ok(await ana.client.submit(`${at}/assign`, { to: ben.who.actor.staffId, heldBy: '' }));
  ok(await ana.client.submit(`${at}/links`, { reference: makeReference(), kind: 'related' }));
  if (isComplaint) {
    await split(ana, lodged);
    ok(await ana.client.get(`${at}/correction`));
  }
  const { id: referral, answer } = await propose(ana, lodged, 'hdc', { change: (sent) => ({ ...sent, ...more }) });
  ok(answer);
  await (await Person.of(desk, lodged)).agree(referral);
  for (const page of ['/staff/referrals', `/staff/referrals/${referral}`]) ok(await hana.client.get(page));
  ok(await accept(hana, referral));
  await sealedOpening(hana, referral);
  if (isComplaint) ok(await open(hana, referral));
  ok(await (isComplaint ? hana : ana).client.get(at));
}

const staff = (agencyId: string, ...roles: string[]): Actor => ({
  kind: 'staff',
  staffId: randomUUID(),
  agencyId,
  roles,
});

/** People who may not see a case. Only `disclosure` is kept from an ordinary officer of the agency that has it. */
const OUTSIDERS: readonly [who: string, actor: () => Actor, cases: readonly ('complaint' | 'disclosure')[]][] = [
  [
    'whoever works at another agency',
    () => staff('ipca', 'officer', 'lead', 'disclosure_officer'),
    ['complaint', 'disclosure'],
  ],
  ['an administrator', () => staff('ombudsman', 'admin'), ['complaint', 'disclosure']],
  ['the operator’s administrator', () => staff('triage', 'admin'), ['complaint', 'disclosure']],
  ['an auditor', () => staff('ombudsman', 'auditor'), ['complaint', 'disclosure']],
  ['an analyst', () => staff('hdc', 'analyst'), ['complaint', 'disclosure']],
  ['a system lead', () => staff('triage', 'system_lead'), ['complaint', 'disclosure']],
  ['an officer and lead', () => staff('ombudsman', 'officer', 'lead'), ['disclosure']],
  ['a disclosure officer who came later', () => staff('ombudsman', 'disclosure_officer'), ['complaint', 'disclosure']],
  ['an officer who is walled off', () => cat.who.actor, ['complaint', 'disclosure']],
  [
    'an officer with roles that may not be held together',
    () => staff('ombudsman', 'officer', 'admin'),
    ['complaint', 'disclosure'],
  ],
  ['nobody who signed in', () => ({ kind: 'public' }), ['complaint', 'disclosure']],
  ['the mailbox of another case', () => ({ kind: 'mailbox', caseId: randomUUID() }), ['complaint', 'disclosure']],
];

/** Ids, references and sealed words of a case and its parts. */
async function secretsOf({ id }: LodgedCase): Promise<string[]> {
  const rows = await desk.rows<{ value: string }>(
    `WITH its AS (SELECT id, reference FROM cases WHERE id = $1 OR whole_id = $1)
     SELECT id::text AS value FROM its UNION SELECT reference FROM its
     UNION SELECT unnest(ARRAY[i.id::text, i.jwe]) FROM case_items i JOIN its ON its.id = i.case_id
     UNION SELECT record FROM case_epochs e JOIN its ON its.id = e.case_id
     UNION SELECT e.id::text FROM case_events e JOIN its ON its.id = e.case_id
     UNION SELECT unnest(ARRAY[l.id::text, l.reference]) FROM case_links l JOIN its ON its.id = l.case_id
     UNION SELECT r.id::text FROM referrals r JOIN its ON its.id = r.case_id
     UNION SELECT w.id::text FROM case_walls w JOIN its ON its.id = w.case_id
     UNION SELECT c.id::text FROM webhook_calls c JOIN its ON its.id = c.case_id`,
    [id],
  );
  return rows.map(({ value }) => value);
}

/** The first of each statement, with what it was sent with. */
function distinct(statements: readonly Statement[]): readonly Statement[] {
  return [...new Map(statements.toReversed().map((one) => [one.text, one])).values()].filter(
    ({ text }) => !FRAME.test(text),
  );
}

/** What PostgreSQL answers, and does. */
async function outcome(manager: EntityManager, { text }: Statement, values: readonly unknown[]): Promise<unknown> {
  await manager.query('SAVEPOINT before');
  try {
    return await manager.query<unknown>(text, [...values]);
  } catch {
    return 'refused';
  } finally {
    await manager.query('ROLLBACK TO SAVEPOINT before');
  }
}

function substitute(value: unknown, instead: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((one) => substitute(one, instead));
  return typeof value === 'string' ? (instead.get(value) ?? value) : value;
}

describe('every statement of the desk', () => {
  it('is among those that are sent again', () => {
    for (const statements of Object.values(asked)) {
      const kinds = statements.map(({ text }) => OPERATION.exec(text)?.[1]?.toUpperCase());
      for (const kind of ['SELECT', 'INSERT', 'UPDATE', 'DELETE']) expect(kinds).toContain(kind);
    }
    const all = asked.complaint.map(({ text }) => text).join('\n');
    for (const table of [
      'cases',
      'case_items',
      'case_epochs',
      'case_grants',
      'case_events',
      'case_links',
      'case_walls',
      'mailboxes',
      'disposal',
      'referrals',
      'referral_grants',
      'clocks',
      'webhook_calls',
    ]) {
      expect(all).toMatch(new RegExp(`\\b${table}\\b`));
    }
  });

  it.each(OUTSIDERS)(
    'tells %s as much as of a case that there is not, and changes nothing',
    async (_, who, cases) => {
      await desk.database.asActor(who(), async (manager) => {
        for (const which of cases) {
          const secrets = await secretsOf(which === 'complaint' ? complaint : disclosure);
          const instead = new Map(secrets.map((secret) => [secret, secret.length === 36 ? randomUUID() : '-']));
          for (const statement of distinct(asked[which])) {
            const { text, values } = statement;
            const without = values.map((value) => substitute(value, instead));
            const told = JSON.stringify((await outcome(manager, statement, values)) ?? null);
            const nothing = JSON.stringify((await outcome(manager, statement, without)) ?? null);
            const leaked = secrets.filter((one) => told.includes(one) && !JSON.stringify(values).includes(one));
            // Lodging makes a case that there is not; one that there is it may not touch.
            const same = told === '"refused"' ? told : hide(nothing, instead);
            expect({ text, leaked, told: hide(told, instead) }).toEqual({
              text,
              leaked: [],
              told: same,
            });
          }
        }
      });
    },
    120_000,
  );
});

/* What was asked comes back in some answers: a made-up id for a made-up id. */
function hide(told: string, instead: ReadonlyMap<string, string>): string {
  let text = told;
  for (const pair of instead) for (const one of pair) if (one.length === 36) text = text.replaceAll(one, '?');
  return text;
}

/** Tables of cases, by the column that says which case a row is of. */
async function tablesOfCases(): Promise<{ table: string; column: string }[]> {
  return desk.rows<{ table: string; column: string }>(`
    SELECT c.oid::regclass::text AS table, a.attname AS column
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE n.nspname IN ('public', 'disposal') AND c.relkind = 'r' AND c.relname NOT LIKE 'audit\\_%'
       AND (a.attname = 'case_id' OR (c.relname = 'cases' AND a.attname = 'id'))
       AND has_column_privilege('onedoor_web', c.oid, a.attname, 'SELECT')
     ORDER BY 1`);
}

/** The columns of a table that the web may change, and those it may read. */
async function columns(table: string, privilege: 'SELECT' | 'UPDATE'): Promise<string[]> {
  const found = await desk.rows<{ name: string }>(
    `SELECT a.attname AS name FROM pg_attribute a WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
        AND has_column_privilege('onedoor_web', a.attrelid, a.attname, $2)`,
    [table, privilege],
  );
  return found.map(({ name }) => name);
}

describe('a statement without a condition', () => {
  it.each(OUTSIDERS)(
    'gives %s no row of these cases, and changes none',
    async (_, who, cases) => {
      const tables = await tablesOfCases();
      expect(tables.length).toBeGreaterThan(10);
      const ids = cases.map((one) => (one === 'complaint' ? complaint : disclosure).id);
      await desk.database.asActor(who(), async (manager) => {
        for (const { table, column } of tables) {
          const readable = (await columns(table, 'SELECT')).join(', ');
          const rows = await manager.query<Record<string, unknown>[]>(`SELECT ${readable} FROM ${table}`);
          expect({ table, rows: rows.filter((row) => ids.includes(String(row[column]))) }).toEqual({ table, rows: [] });
          for (const changed of await columns(table, 'UPDATE')) {
            const sql = `UPDATE ${table} SET ${changed} = ${changed} RETURNING ${column} AS id`;
            const done = await outcome(manager, { text: sql, values: [] }, []);
            const touched = Array.isArray(done) ? (done[0] as { id: string }[]).map(({ id }) => id) : [];
            expect({ sql, touched: touched.filter((id) => ids.includes(id)) }).toEqual({ sql, touched: [] });
          }
        }
      });
    },
    60_000,
  );

  it('gives everybody who may see something only that', async () => {
    const elsewhere = await lodge(desk, { agencyId: 'hdc', path: 'complaint' });
    const secret = await lodge(desk, { agencyId: 'hdc', path: 'disclosure' });
    const seen = (actor: Actor): Promise<string[]> =>
      desk.database.asActor(actor, async (manager) => {
        const rows = await manager.query<{ id: string }[]>('SELECT id FROM cases WHERE whole_id IS NULL ORDER BY id');
        return rows.map(({ id }) => id);
      });
    const sorted = (...cases: readonly { id: string }[]): string[] => cases.map(({ id }) => id).sort();
    // Ombudsman handed its complaint on and still has the disclosure, which hdc was asked to take.
    expect(await seen(ana.who.actor)).toEqual(sorted(complaint, disclosure));
    expect(await seen(hana.who.actor)).toEqual(sorted(complaint, disclosure, elsewhere, secret));
    expect(await seen(staff('hdc', 'officer'))).toEqual(sorted(complaint, elsewhere));
    expect(await seen(staff('ombudsman', 'lead'))).toEqual(sorted(complaint));
    expect(await seen({ kind: 'mailbox', caseId: elsewhere.id })).toEqual(sorted(elsewhere));
    expect(await seen({ kind: 'public' })).toEqual([]);
    const items = await desk.database.asActor({ kind: 'mailbox', caseId: disclosure.id }, (manager) =>
      manager.query<{ key: string; case_id: string }[]>('SELECT DISTINCT case_id, key FROM case_items ORDER BY key'),
    );
    expect(items).toEqual(['case', 'identity', 'referral'].map((key) => ({ case_id: disclosure.id, key })));
  }, 60_000);

  it('shows who handed a case on no word of it any more, nor where it went from there', async () => {
    const seen = (sql: string): Promise<unknown[]> =>
      desk.database.asActor(ana.who.actor, (manager) => manager.query(sql, [complaint.id]));
    expect(await seen(`SELECT DISTINCT key FROM case_items WHERE case_id = $1`)).toEqual([{ key: 'referral' }]);
    expect(await seen(`SELECT kind FROM case_events WHERE case_id = $1`)).toEqual([{ kind: 'lodged' }]);
    expect(await seen(`SELECT 1 FROM clocks WHERE case_id = $1`)).toEqual([]);
    expect(await seen(`SELECT 1 FROM case_links WHERE case_id = $1`)).toEqual([]);
  });

  it('opens the door of no agency but one’s own, and shows nobody else’s sessions, ways in or people', async () => {
    await desk.database.asActor(ana.who.actor, async (manager) => {
      const [, opened] = await manager.query<[unknown[], number]>('UPDATE agencies SET open_for_intake = true');
      expect(opened).toBe(1);
      const [people] = await manager.query<{ agencies: string[] }[]>(
        'SELECT array_agg(DISTINCT agency_id) AS agencies FROM staff',
      );
      expect(people?.agencies).toEqual(['ombudsman']);
      for (const table of ['staff_sessions', 'staff_authenticators']) {
        const [found] = await manager.query<{ whose: string[] }[]>(
          `SELECT array_agg(DISTINCT staff_id) AS whose FROM ${table}`,
        );
        expect([table, found?.whose]).toEqual([table, [ana.who.actor.staffId]]);
      }
      const grants = await manager.query<unknown[]>(
        `SELECT 1 FROM agency_key_grants g JOIN agency_keys k ON k.kid = g.kid WHERE k.agency_id <> 'ombudsman'`,
      );
      expect(grants).toEqual([]);
    });
  });
});

describe('the log', () => {
  it('is written by nobody in somebody else’s name', async () => {
    const entry = (kind: string, id: string): string =>
      `INSERT INTO audit_entries (id, action, actor_kind, actor_id, happened_on)
       VALUES (gen_random_uuid(), 'case.read', '${kind}', '${id}', now())`;
    const refused = async (actor: Actor, sql: string): Promise<boolean> =>
      desk.database.asActor(
        actor,
        async (manager) => (await outcome(manager, { text: sql, values: [] }, [])) === 'refused',
      );
    const { actor } = ana.who;
    expect(await refused(actor, entry('staff', actor.staffId))).toBe(false);
    expect(await refused(actor, entry('staff', ben.who.actor.staffId))).toBe(true);
    expect(await refused(actor, entry('system', 'routing'))).toBe(true);
    expect(await refused(actor, entry('public', ''))).toBe(true);
    expect(await refused({ kind: 'mailbox', caseId: complaint.id }, entry('staff', actor.staffId))).toBe(true);
    expect(await refused(actor, 'SELECT action FROM audit_entries')).toBe(true);
    expect(await refused(actor, 'DELETE FROM audit_entries')).toBe(true);
    expect(await refused(actor, 'DELETE FROM audit_pending')).toBe(true);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROLES_OF } from '../../config/database-roles.js';
import { randomUUID } from 'node:crypto';
import { Registry } from 'prom-client';
import { auditMetrics } from '../../src/audit/audit-metrics.js';
import { makeReference } from '../../src/cases/case-reference.js';
import { sealNote } from '../../src/cases/seal-words.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { plusDays } from '../../src/clocks/holidays.js';
import { sendDigests } from '../../src/delivery/send-digests.js';
import { countOversight } from '../../src/disclosures/oversight/count-oversight.js';
import { DeskClient, enrol } from '../cases/desk.js';
import { fetchSealed } from '../cases/sealed-cases.js';
import { StepsOf } from '../disclosures/duties.js';
import { effectSize } from '../staff/effect-size.js';
import {
  CONCERNED,
  everywhere,
  FILTERED,
  fingerprint,
  NOTHING,
  OPERATOR,
  RECEIVER,
  shown,
  Watched,
  type Found,
  type Observer,
} from './observers.js';

const TODAY = todayInAuckland();
const FILLED_LISTS = 60;
/** What is handed out as official information, of the whole year up to today. */
const REGISTER = `/staff/official-information/export?from=${plusDays(TODAY, -365)}&to=${TODAY}`;

let watched: Watched;
let complaint: Found;
let disclosure: Found;
let before: Seen;
let after: Seen;
/** What was promised for a complaint and for the disclosure, in the order of what happened. */
const promises: Record<'complaint' | 'disclosure', unknown[]> = { complaint: [], disclosure: [] };

/** The morning mails of a day without and of one with a disclosure. */
const digests: Record<'before' | 'after', string[]> = { before: [], after: [] };

/** All that there is to be seen at one moment. */
interface Seen {
  /** By observer, then by where. */
  readonly pages: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** By auditor: the lines of their export, and what its tree holds. */
  readonly exports: Readonly<Record<string, readonly ExportedLine[]>>;
  readonly tree: number;
  readonly public: Readonly<Record<string, string>>;
  readonly figures: readonly string[];
  readonly mails: ReadonlyMap<string, string>;
  readonly calls: number;
  readonly times: readonly StoredTime[];
  readonly sequences: unknown;
}

interface ExportedLine {
  readonly action: string;
  readonly actor_id: string;
  readonly case_id: string | null;
}

interface StoredTime {
  readonly table: string;
  readonly column: string;
  readonly value: string;
  readonly row: string;
}

beforeAll(async () => {
  watched = await Watched.open();
  complaint = await begin('complaint');
  await fillLists();
  digests.before = await morning(1);
  before = await look();
  disclosure = await begin('disclosure', { excluded: [watched.leftOut.agreement.kid] });
  await actOn(disclosure);
  await watched.work();
  await watched.desk.database.asActor({ kind: 'system', name: 'oversight' }, (manager) => countOversight(manager));
  after = await look();
  digests.after = await morning(2);
});

afterAll(() => watched.close());

/** Lodges, places, and has the person write again; keeps what was promised meanwhile. */
async function begin(path: 'complaint' | 'disclosure', more: object = {}): Promise<Found> {
  const found = await watched.lodge(path, more);
  promises[path].push(await watched.promised(), await watched.work());
  const call = async (to: string, body: object, headers: Record<string, string> = {}): Promise<unknown> => {
    const response = await fetch(`${watched.app.publicOrigin}/api/v1/mailbox/${to}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(JSON.stringify(answer));
    return answer;
  };
  const { session } = (await call('sessions', { receipt: found.receipt })) as { session: string };
  await call('messages', { id: randomUUID(), text: 'More words' }, { authorization: `Bearer ${session}` });
  promises[path].push(await watched.promised(), await watched.work());
  return found;
}

/** Complaints enough for lists of several pages, some long past their date. */
async function fillLists(): Promise<void> {
  for (const agencyId of [RECEIVER, CONCERNED]) {
    await watched.owner.rows(
      `WITH made AS (
         INSERT INTO cases (id, reference, agency_id, path, delivery, facets, ruleset, rules, sealed_where, status, lodged_on)
         SELECT gen_random_uuid(), 'W' || substr(md5($1 || n), 1, 12), $1, 'complaint', 'direct', '{}',
                't', '{}', 'browser', 'placed', $3::date - n
           FROM generate_series(1, $2::int) n RETURNING id, lodged_on)
       INSERT INTO clocks (case_id, kind, basis, started_on, due_on)
       SELECT id, 'answer', 'our_aim', lodged_on, lodged_on + 10 FROM made`,
      [agencyId, FILLED_LISTS, TODAY],
    );
  }
}

/** Every step of s 13, a note and a reply among them, and a release of the name that is asked for and approved (s 17). */
async function actOn(found: Found): Promise<void> {
  const { ana, ben } = watched;
  const steps = new StepsOf(ana, found, TODAY);
  await steps.firstThree();
  for (const answer of [await steps.deal(), await steps.inform()])
    expect([answer.status, answer.text]).toEqual([204, '']);
  const keys = await ana.keys();
  const { sealed, opened } = await fetchSealed(ana.client, found.id, keys);
  const id = randomUUID();
  const note = await sealNote(sealed, opened, keys.signing, 'There is no other way');
  const release = { id, ground: 'effective_investigation', consultedOn: TODAY, note };
  const asked = await ana.client.post(`/staff/api/cases/${found.id}/identity/releases`, release);
  expect([asked.status, asked.text]).toEqual([204, '']);
  const way = `/staff/cases/${found.id}/identity/releases/${id}`;
  expect((await ben.client.submit(way, { decision: 'approved' })).status).toBe(303);
  for (const list of ['', '/due', '/registers', '/withheld', '/releases', '/registers/no-action', '/joining']) {
    expect((await ben.client.get(`/staff/disclosures${list}`)).status).toBe(200);
  }
}

/** What is mailed in the morning of a day to come. */
async function morning(inDays: number): Promise<string[]> {
  const had = await watched.mails();
  const then = new Date(Date.now() + inDays * 24 * 3_600_000);
  await watched.desk.database.asActor({ kind: 'system', name: 'delivery' }, (manager) => sendDigests(manager, then));
  expect(new Set(await watched.work())).toEqual(new Set(['digest']));
  return [...(await watched.mails())].filter(([name]) => !had.has(name)).map(([, text]) => text);
}

async function look(): Promise<Seen> {
  const { owner, observers, app } = watched;
  const paths = [...everywhere(complaint.id, watched.ana.who.actor.staffId), REGISTER];
  const seenBy = async (observer: Observer): Promise<[string, Record<string, string>]> => {
    const narrows = observer.agencyId === RECEIVER && observer.roles.includes('officer');
    return [observer.name, await fingerprint(observer, narrows ? [...paths, ...FILTERED] : paths)];
  };
  const pages = Object.fromEntries(await Promise.all(observers.map(seenBy)));
  await watched.sequence();
  const [tree] = await owner.rows<{ n: number }>('SELECT count(*)::int AS n FROM audit_leaves');
  const exports: Record<string, ExportedLine[]> = {};
  for (const observer of observers.filter(({ roles }) => roles.includes('auditor'))) {
    const { text } = await observer.client.get(`/staff/audit/export?from=${TODAY}&to=2099-01-01`);
    const lines = text.trimEnd().split('\n').slice(1, -1);
    exports[observer.name] = lines.map((line) => (JSON.parse(line) as { entry: ExportedLine }).entry);
  }
  await watched.sequence();
  const [calls] = await owner.rows<{ n: number }>('SELECT count(*)::int AS n FROM webhook_calls');
  const figures = await (await fetch(`http://127.0.0.1:${app.metricsPort.toString()}/metrics`)).text();
  const open = ['agencies', 'key-log', 'keys', 'proofs/keys'].map((name) => `/api/v1/${name}`);
  const seen: [string, string][] = [];
  for (const path of open) {
    const answer = await fetch(app.publicOrigin + path);
    seen.push([path, `${answer.status.toString()} ${await answer.text()}`]);
  }
  return {
    pages,
    exports,
    tree: tree?.n ?? 0,
    public: Object.fromEntries(seen),
    figures: figures.split('\n'),
    mails: await watched.mails(),
    calls: calls?.n ?? 0,
    times: await storedTimes(),
    sequences: await owner.rows('SELECT schemaname, sequencename, last_value FROM pg_sequences ORDER BY 1, 2'),
  };
}

/** Every time that stands anywhere in the database and is no whole hour. */
async function storedTimes(): Promise<StoredTime[]> {
  const columns = await watched.owner.rows<{ table: string; column: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS "table", column_name AS "column"
       FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
      WHERE data_type LIKE 'time%' AND table_type = 'BASE TABLE'
        AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  const times = columns.map(
    ({ table, column }) =>
      `SELECT '${table}' AS "table", '${column}' AS "column", ${column}::text AS value, to_jsonb(t)::text AS row
         FROM ${table} t WHERE date_trunc('hour', ${column}) <> ${column}`,
  );
  return watched.owner.rows(times.join(' UNION ALL '));
}

const named = (name: string): Observer => {
  const found = watched.observers.find((one) => one.name === name);
  if (!found) throw new Error(name);
  return found;
};

/** Where somebody saw something else afterwards. */
function changed(name: string): string[] {
  const [then, now] = [before.pages[name] ?? {}, after.pages[name] ?? {}];
  return [...new Set([...Object.keys(then), ...Object.keys(now)])].filter((path) => then[path] !== now[path]);
}

/** What somebody would tell a disclosure's answer from another's by: all of it, but for the id that was asked for. */
async function answerTo({ client }: Observer, path: string, id: string): Promise<string> {
  return shown(await client.get(path.replace(':id', id))).replaceAll(id, 'ID');
}

/** References on a list, page by page. */
async function pagesOf(observer: Observer, list: string): Promise<string[][]> {
  const seen = await fingerprint(observer, [list]);
  return Object.values(seen).map((text) =>
    [...text.matchAll(/>(W[0-9a-f]{12}|[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{3})</g)].map(
      ([, reference]) => reference ?? '',
    ),
  );
}

const AT_THE_RECEIVER = ['officer', 'lead', 'admin', 'analyst'].map((role) => `${role} of ${RECEIVER}`);
const AT_THE_CONCERNED = ['officer', 'lead', 'admin'].map((role) => `${role} of ${CONCERNED}`);
const AT_THE_OPERATOR = ['admin', 'triage', 'system_lead'].map((role) => `${role} of ${OPERATOR}`);
const AUDITORS = [RECEIVER, OPERATOR].map((agencyId) => `auditor of ${agencyId}`);

describe('a disclosure that was lodged, worked on and answered, its name released', () => {
  it('changes no letter of what an officer, a lead, an administrator or an analyst of its receiver is shown, in any list, count or page', () => {
    expect(AT_THE_RECEIVER.map((name) => [name, changed(name)])).toEqual(AT_THE_RECEIVER.map((name) => [name, []]));
  });

  it('changes no letter of what the organisation concerned is shown, not even to its own disclosure officer', () => {
    const all = [...AT_THE_CONCERNED, `disclosure officer of ${CONCERNED}`];
    expect(all.map((name) => [name, changed(name)])).toEqual(all.map((name) => [name, []]));
  });

  it('changes no letter of what whoever looks after the service is shown: queues, mails, overdue figures, the lead’s desk', () => {
    expect(AT_THE_OPERATOR.map((name) => [name, changed(name)])).toEqual(AT_THE_OPERATOR.map((name) => [name, []]));
    expect(before.pages[`admin of ${OPERATOR}`]?.['/staff/work']).toMatch(/^200 /);
    expect(before.pages[`system_lead of ${OPERATOR}`]?.['/staff/lead']).toMatch(/^200 /);
  });

  it('changes no letter of what a disclosure officer is shown whom the person left out: list, due, registers, joining', () => {
    expect(changed('who was left out')).toEqual([]);
    for (const list of ['', '/due', '/registers/no-action', '/withheld', '/releases', '/joining', '/renewal']) {
      expect(after.pages['who was left out']?.[`/staff/disclosures${list}`]).toMatch(/^200 /);
    }
  });

  it('s 19: an ordinary officer’s export is the same before and after a disclosure, and so is a lead’s', () => {
    for (const name of [`officer of ${RECEIVER}`, `lead of ${RECEIVER}`, 'who was left out']) {
      const [then = '', now] = [before.pages[name]?.[REGISTER], after.pages[name]?.[REGISTER]];
      expect(then).toMatch(/^200 /);
      expect(then).toContain(complaint.reference);
      expect(then.trimEnd().split('\r\n')).toHaveLength(FILLED_LISTS + 2);
      expect(now).toBe(then);
    }
  });

  it('oversight: is counted for overseers, and to nobody else is there a figure, a page or a way to one', async () => {
    for (const { name } of watched.observers) {
      const seen = after.pages[name] ?? {};
      for (const page of ['', '/aims', '/referrals']) expect(seen[`/staff/oversight${page}`]).toMatch(/^404 /);
      expect(Object.values(seen).filter((text) => text.includes('href="/staff/oversight'))).toEqual([]);
    }
    const overseer = await DeskClient.of(watched.desk, await enrol(watched.desk, 'psc', ['overseer']));
    const { status, text } = await overseer.get('/staff/oversight');
    expect([status, [...text.matchAll(/oversight\/quarters\/[^/]+\/(\w+)/g)].map(([, agency]) => agency)]).toEqual([
      200,
      [RECEIVER],
    ]);
    expect(text).not.toContain(disclosure.reference);
    expect(text).not.toContain(disclosure.id);
  });

  it('is there all the while for those who read it, so that a change would have been seen', async () => {
    const { text } = await watched.ben.client.get('/staff/disclosures');
    expect(text).toContain(disclosure.reference);
    const later = await watched.lodge('complaint');
    await watched.work();
    const [first = [], ...rest] = await pagesOf(named(`officer of ${RECEIVER}`), '/staff/inbox');
    // Neighbours, though the disclosure came between the two; and no page is short.
    expect(first.slice(0, 2).sort()).toEqual([complaint.reference, later.reference].sort());
    expect([first, ...rest].map(({ length }) => length)).toEqual([25, 25, FILLED_LISTS + 2 - 50]);
  });

  it('is answered to everybody else as an id that nothing has, wherever it is asked for', async () => {
    const ways = ['', '/assign', '/duties', '/identity', '/identity/ask', '/duties/consider'].map(
      (rest) => `/staff/cases/:id${rest}`,
    );
    for (const observer of watched.observers) {
      for (const way of [...ways, '/staff/api/cases/:id', '/staff/api/cases/:id/identity']) {
        const real = await answerTo(observer, way, disclosure.id);
        expect([observer.name, way, real]).toEqual([observer.name, way, await answerTo(observer, way, NOTHING)]);
        expect(real).toMatch(/^404 /);
      }
    }
  });

  it('is linked to by its reference as a reference of nobody’s is', async () => {
    const { client } = named(`officer of ${RECEIVER}`);
    const answers: string[] = [];
    for (const reference of [disclosure.reference, makeReference()]) {
      const found = await watched.lodge('complaint');
      await watched.work();
      const at = `/staff/cases/${found.id}`;
      const linked = await client.submit(`${at}/links`, { reference, kind: 'related' });
      const page = (await client.get(at)).text;
      answers.push(
        [shown(linked), page.slice(page.indexOf('id="links"'))]
          .join()
          .replaceAll(found.id, 'ID')
          .replaceAll(found.reference, 'OWN')
          .replaceAll(reference, 'REFERENCE')
          .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'UUID')
          .replace(/(?:content|value)="[\w-]{43}"/g, 'TOKEN'),
      );
    }
    expect(answers[0]).toBe(answers[1]);
  });

  it('is no longer in coming, for an officer who has its id, than nothing is, and no shorter', async () => {
    const officer = named(`officer of ${RECEIVER}`);
    const times: Record<'real' | 'none', number[]> = { real: [], none: [] };
    const lengths = new Set<number>();
    for (let n = 0; n < 60; n++) {
      for (const side of n % 2 === 0 ? (['real', 'none'] as const) : (['none', 'real'] as const)) {
        const began = performance.now();
        const { text } = await officer.client.get(`/staff/cases/${side === 'real' ? disclosure.id : NOTHING}`);
        times[side].push(performance.now() - began);
        lengths.add(text.length);
      }
    }
    expect(lengths.size).toBe(1);
    expect(Math.abs(effectSize(times.real, times.none) - 0.5)).toBeLessThan(0.25);
  });
});

describe('an auditor', () => {
  it('finds of a disclosure nothing, by its reference, on the page or in an export, but that its readers unlocked their keys', async () => {
    expect(AUDITORS.map((name) => [name, changed(name)])).toEqual(AUDITORS.map((name) => [name, []]));
    const watching = new Set(watched.observers.map(({ who }) => who.actor.staffId));
    for (const name of AUDITORS) {
      const others = (seen: Seen): ExportedLine[] =>
        (seen.exports[name] ?? []).filter(({ actor_id }) => !watching.has(actor_id));
      expect(others(before).length).toBeGreaterThan(5);
      const fresh = others(after).slice(others(before).length);
      expect(others(after).slice(0, others(before).length)).toEqual(others(before));
      expect([...new Set(fresh.map(({ action }) => action))]).toEqual(['agency.grants_read']);
      expect(fresh.filter(({ case_id }) => case_id !== null)).toEqual([]);
      const observer = named(name);
      const by = async (reference: string): Promise<string> => {
        const { entries } = await observer.client.given<{ entries: unknown[] }>(
          `/staff/api/audit?reference=${reference}`,
        );
        return JSON.stringify(entries);
      };
      expect(await by(disclosure.reference)).toBe(await by(makeReference()));
    }
  });

  it('counts in the tree of the log what has a time and nothing else: what is only of a day waits for the night and its filler', async () => {
    const { owner } = watched;
    const counted = await owner.rows(
      `SELECT count(*)::int AS n, count(e.happened_at)::int AS timed FROM audit_leaves l JOIN audit_entries e ON e.id = l.entry_id`,
    );
    const [{ n, timed } = { n: 0, timed: 1 }] = counted as { n: number; timed: number }[];
    expect(n).toBe(timed);
    expect(after.tree).toBeGreaterThan(before.tree);
    const kept = await owner.rows<{ timed: boolean }>(
      'SELECT happened_at IS NOT NULL AS timed FROM audit_entries WHERE case_id = $1',
      [disclosure.id],
    );
    expect(kept.length).toBeGreaterThan(10);
    expect(kept.filter(({ timed: has }) => has)).toEqual([]);
  });
});

describe('whoever reads the database', () => {
  it('learns of a disclosure that it is there, where, its days, how it stands, who reads it and whom the person left out; no answer, no rule', async () => {
    const { owner, leftOut } = watched;
    const [row] = await owner.rows(
      `SELECT path, agency_id, to_char(lodged_on, 'YYYY-MM-DD') AS day, status, facets, rules, decided_for, chosen
         FROM cases WHERE id = $1`,
      [disclosure.id],
    );
    const nothing = { facets: null, rules: [], decided_for: null, chosen: null };
    expect(row).toMatchObject({ path: 'disclosure', agency_id: RECEIVER, day: TODAY, ...nothing });
    expect(await owner.rows('SELECT staff_id FROM case_walls WHERE case_id = $1', [disclosure.id])).toEqual([
      { staff_id: leftOut.actor.staffId },
    ]);
    const [kept] = await owner.rows('SELECT facets FROM cases WHERE id = $1', [complaint.id]);
    expect(kept).toMatchObject({ facets: { about: CONCERNED } });
  });

  it('finds no time of anything about a disclosure: only days and whole hours, and a time at which some mailbox was open', () => {
    const old = new Set(before.times.map((time) => JSON.stringify(time)));
    const fresh = after.times.filter((time) => !old.has(JSON.stringify(time)));
    // Sessions of staff, and what has a time in the log: the looks of those who watch, and keys that were unlocked.
    const tables = ['public.audit_entries', 'public.audit_heads', 'public.sealed_sessions', 'public.staff_sessions'];
    expect(fresh.filter(({ table }) => !tables.includes(table))).toEqual([]);
    for (const { row } of fresh) expect(row).not.toContain(disclosure.id);
    const open = fresh.filter(({ table }) => table === 'public.sealed_sessions');
    expect(open.map(({ column }) => column)).toEqual(['expires_at']);
    expect(Object.keys(JSON.parse(open[0]?.row ?? '{}') as object).sort()).toEqual(['expires_at', 'id_hash', 'jwe']);
  });

  it('reads as no serving role in which transaction or where a row was written, and no sequence moves with a disclosure', async () => {
    const { owner } = watched;
    const readable = await owner.rows(
      `SELECT r.rolname, c.oid::regclass AS "table", s.name
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
              pg_roles r, unnest('{xmin,xmax,ctid,tableoid}'::text[]) AS s (name)
        WHERE c.relkind = 'r' AND n.nspname = 'public' AND r.rolname LIKE 'onedoor\\_%'
          AND r.rolname = ANY ($1)
          AND has_column_privilege(r.oid, c.oid, s.name, 'SELECT')`,
      [[...ROLES_OF.all]],
    );
    expect(readable).toEqual([]);
    expect(after.sequences).toEqual(before.sequences);
    const ours = await owner.rows<{ name: string }>(
      `SELECT sequencename AS name FROM pg_sequences WHERE schemaname NOT IN ('bullmq')`,
    );
    expect(ours).toEqual([{ name: 'migrations_id_seq' }]);
  });
});

describe('whoever reads the queue or its figures', () => {
  it('sees the same work for a disclosure as for a complaint, to an agency whose own system is called too', () => {
    expect(promises.disclosure).toEqual(promises.complaint);
    expect(promises.complaint).toHaveLength(4);
    expect(JSON.stringify(promises.complaint)).toContain('webhook');
    expect(JSON.stringify(promises)).not.toContain('"onTheHour":false');
  });

  it('sees that no agency’s own system would be called about it', () => {
    expect(before.calls).toBeGreaterThan(0);
    expect(after.calls).toBe(before.calls);
  });

  it('sees in the figures that something was lodged and that staff were at work, and not on what', async () => {
    const routes = new Set(after.figures.flatMap((line) => /route="([^"]*)"/.exec(line)?.[1] ?? []));
    expect([...routes]).toEqual(expect.arrayContaining(['/staff/*', '/api/v1/submissions']));
    expect([...routes].filter((route) => /disclos|dut(?:y|ies)|identity|cases/.test(route))).toEqual([]);
    const registry = new Registry();
    auditMetrics(watched.desk.database, registry);
    await watched.sequence();
    // What waits for its night is not counted, or each act on a disclosure would be.
    expect(await registry.metrics()).toMatch(/^onedoor_audit_backlog 0$/m);
  });
});

describe('whoever reads the mail of an agency', () => {
  it('gets a digest in the morning that is the same to the letter whether or not a disclosure came, and no other mail of it', () => {
    expect([...digests.after].sort()).toEqual([...digests.before].sort());
    expect(digests.before).toHaveLength(3);
    expect([...after.mails.keys()].filter((name) => !before.mails.has(name))).toEqual([]);
  });
});

describe('anybody at all', () => {
  it('finds in what is public the same as before', () => {
    expect(after.public).toEqual(before.public);
    expect(Object.values(after.public).every((text) => text.startsWith('200 '))).toBe(true);
  });
});

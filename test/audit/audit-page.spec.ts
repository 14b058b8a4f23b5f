import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { ServiceKeys } from '../../config/service-keys.js';
import { append } from '../../src/audit/audit.js';
import { entriesQuery, REFUSED, type EntryQuestion } from '../../src/audit/search-entries.js';
import { Sequencer } from '../../src/audit/sequencer.js';
import { verifyExport } from '../../src/audit/verify-export.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { openLog } from '../../src/web/log.js';
import { DeskClient, enrol, holdCeremony, startDesk, type Desk } from '../cases/desk.js';
import { lodge, type LodgedCase } from '../cases/sealed-cases.js';
import { makeServiceKeys } from '../support/service-keys.js';

let desk: Desk;
let officer: EnrolledStaffMember;
let stranger: EnrolledStaffMember;
let own: DeskClient;
let all: DeskClient;
let complaint: LodgedCase;
let disclosure: LodgedCase;

beforeAll(async () => {
  desk = await startDesk();
  officer = await enrol(desk, 'ombudsman', ['officer', 'disclosure_officer']);
  await enrol(desk, 'ombudsman', ['officer', 'disclosure_officer']);
  stranger = await enrol(desk, 'msd', ['officer']);
  await holdCeremony(desk, officer);
  complaint = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
  disclosure = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });
  const officers = await DeskClient.of(desk, officer);
  for (const { id } of [complaint, disclosure]) {
    expect((await officers.get(`/staff/cases/${id}`)).status).toBe(200);
    expect((await (await DeskClient.of(desk, stranger)).get(`/staff/cases/${id}`)).status).toBe(404);
  }
  expect((await officers.get('/staff/disclosures')).status).toBe(200);
  own = await DeskClient.of(desk, await enrol(desk, 'ombudsman', ['auditor']));
  all = await DeskClient.of(desk, await enrol(desk, 'triage', ['auditor']));
});
afterAll(() => desk.close());

interface Listed {
  readonly entries: readonly { action: string; agencyId: string; caseId: string | null; subject: string | null }[];
  readonly next: string | null;
}

const list = (client: DeskClient, query: Record<string, string> = {}) =>
  client.given<Listed>(`/staff/api/audit?${new URLSearchParams(query).toString()}`);
const actions = async (client: DeskClient, query: Record<string, string> = {}) =>
  (await list(client, query)).entries.map(({ action }) => action);

describe('an auditor', () => {
  it('sees who did what to which complaint, in words', async () => {
    const { text, status } = await own.get(`/staff/audit?reference=${complaint.reference}`);
    expect(status).toBe(200);
    expect(text).toContain('Opened the page of a case');
    expect(text).toContain(officer.actor.displayName);
    expect(text).toContain(complaint.reference);
  });

  it('finds entries by day, action, person and case, and what was refused', async () => {
    const today = todayInAuckland();
    expect(await actions(own, { action: 'case.read' })).toEqual(['case.read']);
    expect(await actions(own, { staff: officer.actor.staffId, action: 'agency.key_made' })).toHaveLength(1);
    expect(await actions(own, { from: today, to: today, reference: complaint.reference })).toContain('case.read');
    expect(await actions(own, { to: '2025-01-01' })).toEqual([]);
    expect(await actions(own, { from: '2099-01-01' })).toEqual([]);
    expect(await actions(own, { action: REFUSED })).toEqual([]);
    expect(await actions(all, { action: REFUSED, agency: 'msd' })).toEqual(['refused.get.cases']);
  });

  it('sees their own agency alone, and the operator’s auditor every one', async () => {
    const agencies = async (client: DeskClient, query = {}) =>
      new Set((await list(client, query)).entries.map(({ agencyId }) => agencyId));
    expect(await agencies(own)).toEqual(new Set(['ombudsman']));
    expect(await agencies(own, { agency: 'msd' })).toEqual(new Set(['ombudsman']));
    expect([...(await agencies(all))]).toEqual(expect.arrayContaining(['ombudsman', 'msd', 'triage']));
    expect(await agencies(all, { agency: 'msd' })).toEqual(new Set(['msd']));
    expect((await all.get('/staff/audit?agency=ombudsman')).text).not.toContain(officer.actor.displayName);
  });

  it('never learns that there is a disclosure', async () => {
    for (const client of [own, all]) {
      const everything = JSON.stringify(await list(client));
      expect(everything).not.toContain(disclosure.id);
      expect(everything).not.toContain('disclosure');
      expect(await actions(client, { reference: disclosure.reference })).toEqual([]);
    }
    expect(await actions(all, { reference: '1111-1111-111' })).toEqual([]);
  });

  it('leaves an entry for each look', async () => {
    const looks = async () => (await actions(own, { action: 'audit.searched' })).length;
    const before = await looks();
    await own.get('/staff/audit');
    expect(await looks()).toBe(before + 2);
  });

  it('goes through everything page by page, nothing twice', async () => {
    const { actor } = officer;
    await desk.database.asActor(actor, async (manager) => {
      for (let i = 0; i < 120; i += 1) {
        await append(manager, { action: 'case.noted', actor, subject: i.toString() });
      }
    });
    const found: (string | null)[] = [];
    let next: string | null = '';
    while (next !== null) {
      const page: Listed = await list(own, { action: 'case.noted', ...(next === '' ? {} : { after: next }) });
      found.push(...page.entries.map(({ subject }) => subject));
      next = page.next;
    }
    expect(found).toHaveLength(120);
    expect(new Set(found).size).toBe(120);
    const { text } = await own.get('/staff/audit?action=case.noted');
    expect(text).toContain('rel="next"');
  });

  it('is told which field cannot be used', async () => {
    for (const [field, value] of [
      ['from', '2025-02-30'],
      ['to', 'today'],
      ['staff', 'me'],
      ['reference', 'nothing'],
      ['after', 'bm90aGluZw'],
    ] as const) {
      const answer = await own.get(`/staff/api/audit?${field}=${value}`);
      expect(answer.status).toBe(422);
      expect(answer.json()).toMatchObject({ errors: [{ field }] });
    }
  });
});

describe('an export', () => {
  const today = todayInAuckland();
  const keys = () => [desk.app.get(ServiceKeys).heads.publicJwk];
  const verified = (text: string) => verifyExport(Readable.from(text.trimEnd().split('\n')), keys());
  const sequencer = () => new Sequencer(desk.database, desk.app.get(ServiceKeys), openLog('silent'));
  let exported: string;

  beforeAll(async () => {
    const { actor } = officer;
    await desk.database.asActor(actor, async (manager) => {
      for (let i = 0; i < 300; i += 1) await append(manager, { action: 'case.noted', actor });
    });
    await sequencer().runOnce(new Date(Date.now() + 120_000));
    const answer = await own.get(`/staff/audit/export?from=${today}&to=${today}`);
    expect(answer.status).toBe(200);
    exported = answer.text;
  });

  it('holds the entries of its days with proofs that anybody can check with the published keys', async () => {
    const report = await verified(exported);
    expect(report.faults).toEqual([]);
    expect(report.entries).toBeGreaterThan(300);
    expect(exported).not.toContain(disclosure.id);
    expect(exported).not.toContain('"msd"');
    const [none] = (await own.get('/staff/audit/export?from=2025-01-01&to=2025-01-02')).text.split('\n');
    expect(JSON.parse(none ?? '')).toMatchObject({ from: '2025-01-01', to: '2025-01-02' });
    expect(await actions(own, { action: 'audit.exported' })).toHaveLength(2);
  });

  it('shows whatever was changed in it', async () => {
    const lines = exported.trimEnd().split('\n');
    const [first = '', second = '', third = ''] = lines;
    const changes: [string, string[]][] = [
      [exported.replace('case.noted', 'case.read'), ['entry_not_proven']],
      [[first, third, second, ...lines.slice(3)].join('\n'), ['out_of_order']],
      [lines.toSpliced(2, 1).join('\n'), ['entries_missing']],
      [[...lines.slice(0, 3), third, ...lines.slice(3)].join('\n'), ['out_of_order', 'entries_missing']],
      [lines.slice(0, -1).join('\n'), ['cut_off']],
      [[...lines, second].join('\n'), ['after_the_end', 'out_of_order']],
      [exported.replace('"index":', '"index":1'), ['entry_not_proven']],
      [['not json', ...lines.slice(1)].join('\n'), ['head_forged', ...Array<string>(99).fill('entry_not_proven')]],
    ];
    for (const [text, faults] of changes) {
      expect((await verified(text)).faults.map((fault) => fault.replace(/^line \d+: /, ''))).toEqual(faults);
    }
    const others = await makeServiceKeys(await mkdtemp(join(tmpdir(), 'others-')));
    const strange = await verifyExport(Readable.from(lines), [others.heads.publicJwk]);
    expect(strange.faults).toContain('line 1: head_forged');
  });

  it('is refused to everybody else', async () => {
    expect((await (await DeskClient.of(desk, officer)).get('/staff/audit/export')).status).toBe(404);
    const elsewhere = await own.get(`/staff/audit/export?from=${today}&to=${today}&agency=msd`);
    expect(elsewhere.text).not.toContain('"msd"');
    expect((await own.get('/staff/audit/export?from=2025-02-30')).status).toBe(422);
  });
});

it.each<[string, () => EnrolledStaffMember]>([
  ['an officer', () => officer],
  ['an officer elsewhere', () => stranger],
])('%s has no such page', async (_, who) => {
  const client = await DeskClient.of(desk, who());
  expect((await client.get('/staff/audit')).status).toBe(404);
  expect((await client.get('/staff/api/audit')).status).toBe(404);
});

it('a search costs the same however long the log is: every filter has its index', async () => {
  await desk.rows('SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off');
  // Of whom there is nothing: for what most entries are of, the order of time costs no more.
  const id = crypto.randomUUID();
  const questions: [string, EntryQuestion][] = [
    ['ix_audit_entries_time', {}],
    ['ix_audit_entries_time', { from: '2025-01-01', to: '2025-01-02' }],
    ['ix_audit_entries_agency', { agencyId: 'hdc' }],
    ['ix_audit_entries_actor', { actorId: id }],
    ['ix_audit_entries_case', { caseId: id }],
    ['ix_audit_entries_action', { action: 'case.read' }],
    ['ix_audit_entries_agency_action', { agencyId: 'hdc', action: 'case.read' }],
    ['ix_audit_entries_refused', { action: REFUSED }],
  ];
  for (const [index, question] of questions) {
    const { text, values } = entriesQuery(question);
    const plan = await desk.rows<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, [...values]);
    const lines = plan.map((row) => row['QUERY PLAN']).join('\n');
    expect(lines).toContain(`Backward using ${index} on`);
    expect(lines).not.toContain('Sort');
  }
});

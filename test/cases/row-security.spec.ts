import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { QueryFailedError, type EntityManager } from 'typeorm';
import type { Actor } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import { AgencyKeysService } from '../../src/agencies/agency-keys.service.js';
import { grantDisclosureAgain, type RecoveryAtHand } from '../../src/agencies/recovery-at-hand.js';
import { makeReference } from '../../src/cases/case-reference.js';
import type { DisclosuresToGrant } from '../../src/cases/joining/joining.js';
import { regrantDisclosure } from '../../src/cases/joining/regrant-disclosure.js';
import { releaseCases } from '../../src/cases/leaving/end-membership.js';
import { sealRenewal } from '../../src/cases/leaving/seal-renewal.js';
import type { DisclosuresOnPaper } from '../../src/cases/recovery/recover-disclosures.js';
import type { GrantsToRenew } from '../../src/cases/renewal/renewal.js';
import { openedLodgings, sealCountersignature } from '../../src/cases/countersigning/seal-countersignature.js';
import { sealNote, sealReply } from '../../src/cases/seal-words.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import type { SealedName } from '../../src/disclosures/identity/sealed-name.js';
import { withholdName } from '../../src/disclosures/identity/withhold-name.js';
import { remind } from '../../src/clocks/remind.js';
import { makeKits } from '../../src/demo/hold-ceremony.js';
import { WebhookService } from '../../src/delivery/webhook.service.js';
import { recordPersonalKeys, retirePersonalKeys } from '../../src/staff/record-personal-keys.js';
import { regrantKey } from '../../src/vault/grants.js';
import { signKeyStatement } from '../../src/vault/key-statements.js';
import { importPrivateKey, makeKeyPair, type PublicKey } from '../../src/vault/keys.js';
import { combineShares } from '../../src/vault/recovery-shares.js';
import { recordStatements, type Statement } from '../bench/recorded-statements.js';
import { StepsOf } from '../disclosures/duties.js';
import { sealedReview, sendReview } from '../disclosures/support.js';
import { renewKey, startDesk, SYSTEM, type Answer, type Desk } from './desk.js';
import {
  accept,
  decline,
  handOver,
  open,
  openAgency,
  Person,
  propose,
  seat,
  sealedOpening,
  sendAgain,
  type AtDesk,
} from './handing-on.js';
import { fetchSealed, readAll, lodge, type LodgedCase } from './sealed-cases.js';
import { close, split } from './splitting.js';

// What the application checks is left out here: the very statements of the desk are sent again in the name of people who
// may not see the case, and PostgreSQL alone answers.

type Which = 'complaint' | 'disclosure' | 'sentRound';

let desk: Desk;
let ana: AtDesk;
let ben: AtDesk;
let hana: AtDesk;
/** An officer who is in on everything else, and is walled off from all of these cases. */
let cat: AtDesk;
/** An officer who steps back, is let in again, and leaves. */
let dan: AtDesk;
/** An officer who comes when all of them were lodged, and is granted the disclosure. */
let eve: AtDesk;
let auditor: AtDesk;
let systemLead: AtDesk;
let hdcAdmin: AtDesk;
let lodged: Readonly<Record<Which, LodgedCase>>;
/** What the desk asked about each while everything there is to do was done with it. */
let asked: Readonly<Record<Which, readonly Statement[]>>;

/** Turns of the transaction, and who acts: sent again they would end ours. */
const FRAME = /^\s*(?:START|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|SET)\b|set_config/;
const OPERATION = /^\s*(?:WITH\b[\s\S]*?\)\s*)?(SELECT|INSERT|UPDATE|DELETE)\b/i;
const WEBHOOK = 'https://hdc.test/';

beforeAll(async () => {
  desk = await startDesk();
  const both = ['officer', 'disclosure_officer'] as const;
  cat = await seat(desk, 'ombudsman', [...both, 'lead']);
  dan = await seat(desk, 'ombudsman', both);
  auditor = await seat(desk, 'ombudsman', ['auditor']);
  systemLead = await seat(desk, 'triage', ['system_lead']);
  const printed = (await makeKits(desk.app, [cat.who])).disclosures;
  [ana, ben] = await openAgency(desk, 'ombudsman');
  [hana] = await openAgency(desk, 'hdc');
  hdcAdmin = await seat(desk, 'hdc', ['admin']);
  await desk.rows(`INSERT INTO webhook_endpoints (agency_id, url) VALUES ('hdc', $1)`, [WEBHOOK]);
  await desk.rows(`UPDATE agencies SET notice_email = id || '@test.invalid'`);
  const complaint = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
  const disclosure = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });
  const sentRound = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
  lodged = { complaint, disclosure, sentRound };
  eve = await seat(desk, 'ombudsman', both);
  asked = {
    complaint: await recordStatements(async () => {
      await begin(complaint);
      await settle(complaint);
      await handOn(complaint, {});
      await callOut();
    }),
    disclosure: await recordStatements(async () => {
      await begin(disclosure);
      await takeSteps(disclosure);
      await letIn(disclosure);
      await release(disclosure);
      await seeOff(disclosure);
      await handOn(disclosure, { recipientConsultedOn: todayInAuckland() });
      await recover(disclosure, printed ?? []);
      await renewKeys();
    }),
    sentRound: await recordStatements(() => sendRound(sentRound)),
  };
});
afterAll(async () => {
  await desk.close();
});

function ok(answer: Answer): void {
  if (answer.status >= 400) throw new Error(answer.text.slice(0, 2_000));
}

async function look(by: AtDesk, ...pages: readonly string[]): Promise<void> {
  for (const page of pages) ok(await by.client.get(page));
}

/** The newest row of a case in some table. */
async function newest(table: string, { id }: LodgedCase, where = 'true'): Promise<string> {
  const [row] = await desk.rows<{ id: string }>(
    `SELECT id FROM ${table} WHERE case_id = $1 AND ${where} ORDER BY xmin::text::bigint DESC LIMIT 1`,
    [id],
  );
  return row?.id ?? '';
}

/** Walls, words, holders and links. */
async function begin(of: LodgedCase): Promise<void> {
  const { id } = of;
  const at = `/staff/cases/${id}`;
  ok(await ana.client.submit(`${at}/walls`, { staffId: cat.who.actor.staffId, reason: 'named' }));
  await look(ana, '/staff/inbox', '/staff/disclosures', at, `${at}/walls`);
  await look(dan, at);
  ok(await dan.client.submit(`${at}/recusal`, { reason: 'knows_person' }));
  if (of === lodged.complaint) await actInHerPlace(of);
  else ok(await ana.client.submit(`${at}/walls/${await dansWall(of)}/lift`));
  if (of !== lodged.disclosure) ok(await ana.client.submit(`${at}/acknowledge`));
  const keys = await ana.keys();
  const { sealed, opened } = await fetchSealed(ana.client, id, keys);
  const item = await sealReply(sealed, opened, keys.signing, 'An answer');
  ok(await ana.client.post(`/staff/api/cases/${id}/replies`, { item }));
  ok(await ana.client.post(`/staff/api/cases/${id}/notes`, await sealNote(sealed, opened, keys.signing, 'A note')));
  const [lodging] = await openedLodgings(await readAll(sealed, opened), sealed.lodgedWith ?? { receiver: '', day: '' });
  ok(await ana.client.post(`/staff/api/cases/${id}/lodging`, { commitments: [lodging?.commitment] }));
  ok(await ana.client.post(`/staff/api/cases/${id}/lodging`, { commitments: ['A'.repeat(43)] }));
  if (lodging) {
    const signed = await sealCountersignature(sealed, opened, keys.signing, lodging, todayInAuckland());
    ok(await ana.client.post(`/staff/api/cases/${id}/countersignature`, { item: signed }));
  }
  ok(await dan.client.submit(`${at}/take`, { heldBy: '' }));
  ok(await ana.client.submit(`${at}/assign`, { to: ben.who.actor.staffId, heldBy: dan.who.actor.staffId }));
  ok(await ana.client.submit(`${at}/links`, { reference: makeReference(), kind: 'related' }));
  ok(await ana.client.submit(`${at}/links/${await newest('case_links', of)}/remove`));
  ok(await ana.client.submit(`${at}/links`, { reference: makeReference(), kind: 'related' }));
  await look(auditor, `/staff/audit?reference=${of.reference}`);
}

const dansWall = (of: LodgedCase): Promise<string> =>
  newest('case_walls', of, `staff_id = '${dan.who.actor.staffId}' AND lifted_on IS NULL`);

/** An officer does what is a lead's to do, while the lead is away. */
async function actInHerPlace(of: LodgedCase): Promise<void> {
  await desk.rows(`UPDATE clocks SET started_on = '2026-01-05', due_on = '2026-01-06' WHERE case_id = $1`, [of.id]);
  ok(await ben.client.submit('/staff/delegations', { toId: ana.who.actor.staffId, untilDay: todayInAuckland() }));
  await look(ana, '/staff/delegations', '/staff/overdue');
  ok(await ana.client.submit(`/staff/cases/${of.id}/walls/${await dansWall(of)}/lift`));
  const [loan] = await desk.rows<{ id: string }>('SELECT id FROM delegations');
  ok(await ben.client.submit(`/staff/delegations/${loan?.id ?? ''}/end`));
  await look(systemLead, '/staff/lead');
  await desk.database.asActor(SYSTEM, (manager) => remind(manager));
}

/** What is done with a complaint only. */
async function settle(of: LodgedCase): Promise<void> {
  const at = `/staff/cases/${of.id}`;
  await look(ana, `${at}/correction`, `${at}/close`);
  ok(await ana.client.submit(`${at}/correction`, { agency: 'hdc', why: 'directory_wrong' }));
  ok(await close(ana, of));
  ok(await ben.client.submit(`${at}/reopen`));
  await split(ana, of);
}

/** Every step of the law, and the disclosure closed and taken up again. */
async function takeSteps(of: LodgedCase): Promise<void> {
  const steps = new StepsOf(ana, of, todayInAuckland());
  await look(ana, `/staff/cases/${of.id}/duties`, `/staff/cases/${of.id}/duties/consider`);
  await steps.firstThree();
  ok(await steps.extend(`${(Number(todayInAuckland().slice(0, 4)) + 1).toString()}-12-01`));
  ok(await steps.update());
  ok(await steps.deal(['no_action'], 'too_long_ago'));
  await look(ana, '/staff/disclosures', '/staff/disclosures/due', '/staff/disclosures/registers/no-action');
  ok(await steps.inform());
  await steps.support();
  ok(await sendReview(ana, of, 'recheck', await sealedReview(ana, of, 3, 'Nothing has changed.')));
  await look(ana, `/staff/cases/${of.id}/support`, `/staff/cases/${of.id}/support/recheck`, '/staff/disclosures/due');
  ok(await steps.close());
  ok(await steps.reopen());
}

/** A colleague who came later is granted the disclosure. */
async function letIn({ id }: LodgedCase): Promise<void> {
  const path = `/staff/api/joining/${eve.who.actor.staffId}`;
  await look(ana, '/staff/disclosures/joining');
  const { disclosures, to } = await ana.client.given<DisclosuresToGrant>(path);
  const { agreement } = await ana.keys();
  const made = await Promise.all(disclosures.map((one) => regrantDisclosure(one, agreement, to.agreement)));
  ok(await ana.client.post(path, { grants: made.flat() }));
  await look(eve, `/staff/cases/${id}`);
}

/** Who wrote it is opened, and released to the colleague by two; and the person is told. */
async function release({ id }: LodgedCase): Promise<void> {
  const [at, api] = [`/staff/cases/${id}/identity`, `/staff/api/cases/${id}/identity`];
  const keys = await ana.keys();
  const name = await ana.client.given<SealedName>(api);
  const { sealed, opened } = await fetchSealed(ana.client, id, keys);
  const { kid, jwk } = eve.who.agreement;
  const asking = {
    id: randomUUID(),
    ground: 'natural_justice',
    to: eve.who.actor.staffId,
    consultedOn: todayInAuckland(),
    note: await sealNote(sealed, opened, keys.signing, 'There is no other way'),
    grant: await withholdName(name, keys.agreement, { kid, jwk }),
  };
  ok(await ana.client.post(`${api}/releases`, asking));
  ok(await ben.client.submit(`${at}/releases/${asking.id}`, { decision: 'approved' }));
  await look(eve, at, `${at}/releases/${asking.id}`, '/staff/disclosures/releases', '/staff/disclosures', api);
  const item = await sealReply(sealed, opened, keys.signing, 'Your name was released');
  ok(await ana.client.post(`${api}/releases/${asking.id}/told`, { item }));
}

/** A colleague goes, and the disclosure is sealed anew without them. */
async function seeOff({ id }: LodgedCase): Promise<void> {
  ok(await ben.client.submit(`/staff/people/${dan.who.actor.staffId}/leave`));
  await desk.database.asActor(SYSTEM, releaseCases);
  await look(ana, '/staff/disclosures/renewal', '/staff/api/stale-disclosures');
  const keys = await ana.keys();
  const { sealed, opened } = await fetchSealed(ana.client, id, keys);
  const epoch = await sealRenewal(sealed, opened, keys.signing);
  ok(await ana.client.post(`/staff/api/cases/${id}/renewal`, { epoch }));
}

/** Declined, then taken back, then sent again since it no longer fits, and taken: of a complaint on a ground and opened. */
async function handOn(of: LodgedCase, more: object): Promise<void> {
  const isComplaint = of === lodged.complaint;
  const person = await Person.of(desk, of);
  const proposed = async (): Promise<string> => {
    const { id, answer } = await propose(ana, of, 'hdc', { change: (sent) => ({ ...sent, ...more }) });
    ok(answer);
    return id;
  };
  await look(ana, `/staff/cases/${of.id}/refer`);
  const first = await proposed();
  await person.agree(first);
  ok(await decline(hana, first));
  ok(await ana.client.submit(`/staff/referrals/${await proposed()}/withdraw`));

  const id = await proposed();
  if (isComplaint) ok(await ben.client.submit(`/staff/referrals/${id}/ground`, { ground: 'serious_threat' }));
  else await person.agree(id);
  for (const by of [ana, hana]) await look(by, '/staff/referrals', `/staff/referrals/${id}`);
  if (isComplaint) await renewKey(desk, hana.who);
  else await desk.rows('DELETE FROM referral_grants WHERE referral_id = $1', [id]);
  if ((await accept(hana, id)).status !== 409) throw new Error('It was accepted though it does not fit.');
  ok(await sendAgain(ana, id));
  ok(await accept(hana, id));
  await sealedOpening(hana, id);
  if (isComplaint) ok(await open(hana, id));
  await look(isComplaint ? hana : ana, `/staff/cases/${of.id}`);
}

/** What lies on paper is put together, and the disclosure granted again from it. */
async function recover({ id }: LodgedCase, shares: readonly string[]): Promise<void> {
  const { recovery, today: day } = await desk.app.get(AgencyKeysService, { strict: false }).state(ana.who.actor);
  const key = recovery.disclosures;
  const [first, , third] = shares;
  if (!key || first === undefined || third === undefined) throw new Error('There is no kit.');
  const to = [ana, ben].map(({ who }) => who.agreement.kid);
  const says = async (by: AtDesk): Promise<string> => {
    const { signing: signer } = await by.keys();
    return signKeyStatement({ agency: 'ombudsman', key: key.kid, said: 'recovers', day, signer, to });
  };
  ok(await ana.client.post('/staff/api/recoveries', { kid: key.kid, statement: await says(ana) }));
  const [row] = await desk.rows<{ id: string }>('SELECT id FROM recoveries');
  const path = `/staff/api/recoveries/${row?.id ?? ''}`;
  ok(await ben.client.post(`${path}/confirmation`, { statement: await says(ben) }));
  const atHand = await ana.client.given<RecoveryAtHand>(path);
  const { disclosures } = await ana.client.given<DisclosuresOnPaper>(`${path}/disclosures`);
  const found = disclosures.find((one) => one.id === id);
  if (!found) throw new Error('The disclosure is not on paper.');
  const grants = await grantDisclosureAgain(atHand, found, await combineShares([third, first], key));
  ok(await ana.client.post(`${path}/disclosures/${id}`, { grants }));
}

/** One of the readers has new keys. */
async function renewKeys(): Promise<void> {
  const { actor, agreement: old } = ben.who;
  const [agreement, signing] = await Promise.all([makeKeyPair('agreement'), makeKeyPair('signing')]);
  await desk.database.asActor(actor, async (manager) => {
    await retirePersonalKeys(manager, actor.staffId);
    const publicOf = ({ kid, jwk }: PublicKey): PublicKey => ({ kid, jwk });
    await recordPersonalKeys(manager, actor.staffId, { agreement: publicOf(agreement), signing: publicOf(signing) });
  });
  const { grants } = await ben.client.given<GrantsToRenew>('/staff/api/new-keys/grants');
  const { privateKey } = await importPrivateKey(old.privateJwk, 'agreement');
  const renewed = grants.map(async ({ caseId, key, epoch, reader: from, jwe }) => {
    const expect = { caseId, key, epoch, reader: from };
    return { caseId, key, epoch, from, ...(await regrantKey({ jwe, privateKey, expect, reader: agreement })) };
  });
  ok(await ben.client.post('/staff/api/new-keys/grants', { grants: await Promise.all(renewed) }));
  ok(await ben.client.post('/staff/api/new-keys/finish', {}));
}

/** What the receiver's administrator does about the calls to its own system. */
async function callOut(): Promise<void> {
  const webhooks = new WebhookService(desk.database, desk.app.get(Settings));
  const { actor } = hdcAdmin.who;
  await webhooks.read(actor);
  await webhooks.test(actor);
  await webhooks.remove(actor);
  await webhooks.set(actor, WEBHOOK);
}

/** A complaint that would come back to who had it, which the system lead stops, and then lets go on. */
async function sendRound(of: LodgedCase): Promise<void> {
  ok(await ana.client.submit(`/staff/cases/${of.id}/walls`, { staffId: cat.who.actor.staffId, reason: 'named' }));
  await handOver(desk, of, ana, hana);
  for (const decision of ['stay', 'go_on']) {
    const { id, answer } = await propose(hana, of, 'ombudsman');
    ok(answer);
    const review = await newest('lead_reviews', of, `referral_id = '${id}'`);
    await look(systemLead, '/staff/lead', `/staff/lead/${review}`);
    ok(await systemLead.client.submit(`/staff/lead/${review}`, { decision }));
    await look(hana, `/staff/referrals/${id}`);
    if (decision === 'go_on') await look(ana, '/staff/referrals');
  }
}

const staff = (agencyId: string, ...roles: string[]): Actor => ({
  kind: 'staff',
  staffId: randomUUID(),
  agencyId,
  roles,
});

const ALL = ['complaint', 'disclosure', 'sentRound'] as const;

/**
 * People who may not see a case. Only `disclosure` is kept from an ordinary officer of the agency that has it; what is sent
 * round is the system lead's business.
 */
const OUTSIDERS: readonly [who: string, actor: () => Actor, cases: readonly Which[]][] = [
  ['whoever works at another agency', () => staff('ipca', 'officer', 'lead', 'disclosure_officer'), ALL],
  ['an administrator', () => staff('ombudsman', 'admin'), ALL],
  ['the operator’s administrator', () => staff('triage', 'admin'), ALL],
  ['an auditor', () => staff('ombudsman', 'auditor'), ALL],
  ['an analyst', () => staff('hdc', 'analyst'), ALL],
  ['a system lead', () => staff('triage', 'system_lead'), ['complaint', 'disclosure']],
  ['an officer and lead', () => staff('ombudsman', 'officer', 'lead'), ['disclosure']],
  ['a disclosure officer who came later', () => staff('ombudsman', 'disclosure_officer'), ALL],
  ['an officer who is walled off', () => cat.who.actor, ALL],
  ['an officer with roles that may not be held together', () => staff('ombudsman', 'officer', 'admin'), ALL],
  ['nobody who signed in', () => ({ kind: 'public' }), ALL],
  ['the mailbox of another case', () => ({ kind: 'mailbox', caseId: randomUUID() }), ALL],
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
     UNION SELECT v.id::text FROM lead_reviews v JOIN its ON its.id = v.case_id
     UNION SELECT n.id::text FROM identity_releases n JOIN its ON its.id = n.case_id
     UNION SELECT w.id::text FROM case_walls w JOIN its ON its.id = w.case_id
     UNION SELECT c.id::text FROM webhook_calls c JOIN its ON its.id = c.case_id
     UNION SELECT url FROM webhook_endpoints`,
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

/** Not by chance: row-level security, or a right that a role was not given. */
const REFUSED = 'refused: 42501';

/** What PostgreSQL answers, and does. */
async function outcome(manager: EntityManager, { text }: Statement, values: readonly unknown[]): Promise<unknown> {
  await manager.query('SAVEPOINT before');
  try {
    return await manager.query<unknown>(text, [...values]);
  } catch (error) {
    return `refused: ${error instanceof QueryFailedError ? String((error.driverError as { code?: string }).code) : String(error)}`;
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
    const all = Object.values(asked)
      .flat()
      .map(({ text }) => text)
      .join('\n');
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
      'lead_reviews',
      'routing_corrections',
      'case_joinings',
      'case_key_renewals',
      'identity_releases',
      'delegations',
      'recoveries',
      'reminders',
      'webhook_endpoints',
      'webhook_calls',
    ]) {
      expect(all).toMatch(new RegExp(`\\b${table}\\b`));
    }
  });

  it.each(OUTSIDERS)('tells %s as much as of a case that there is not, and changes nothing', async (_, who, cases) => {
    await desk.database.asActor(who(), async (manager) => {
      for (const which of cases) {
        const secrets = await secretsOf(lodged[which]);
        const instead = new Map(secrets.map((secret) => [secret, secret.length === 36 ? randomUUID() : '-']));
        for (const statement of distinct(asked[which])) {
          const { text, values } = statement;
          const without = values.map((value) => substitute(value, instead));
          const told = JSON.stringify((await outcome(manager, statement, values)) ?? null);
          const nothing = JSON.stringify((await outcome(manager, statement, without)) ?? null);
          const leaked = secrets.filter((one) => told.includes(one) && !JSON.stringify(values).includes(one));
          // Lodging makes a case that there is not; one that there is it may not touch.
          const same = told === JSON.stringify(REFUSED) ? told : hide(nothing, instead);
          expect({ text, leaked, told: hide(told, instead) }).toEqual({
            text,
            leaked: [],
            told: same,
          });
        }
      }
    });
  });
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
  it.each(OUTSIDERS)('gives %s no row of these cases, and changes none', async (_, who, cases) => {
    const tables = await tablesOfCases();
    expect(tables.length).toBeGreaterThan(10);
    const ids = cases.map((one) => lodged[one].id);
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
  });

  it('gives everybody who may see something only that', async () => {
    const elsewhere = await lodge(desk, { agencyId: 'hdc', path: 'complaint' });
    const secret = await lodge(desk, { agencyId: 'hdc', path: 'disclosure' });
    const { complaint, disclosure, sentRound } = lodged;
    const seen = (actor: Actor): Promise<string[]> =>
      desk.database.asActor(actor, async (manager) => {
        const rows = await manager.query<{ id: string }[]>('SELECT id FROM cases WHERE whole_id IS NULL ORDER BY id');
        return rows.map(({ id }) => id);
      });
    const sorted = (...cases: readonly { id: string }[]): string[] => cases.map(({ id }) => id).sort();
    // Ombudsman handed its complaints on and still has the disclosure, which hdc was asked to take.
    expect(await seen(ana.who.actor)).toEqual(sorted(complaint, disclosure, sentRound));
    expect(await seen(hana.who.actor)).toEqual(sorted(complaint, disclosure, sentRound, elsewhere, secret));
    expect(await seen(staff('hdc', 'officer'))).toEqual(sorted(complaint, sentRound, elsewhere));
    expect(await seen(staff('ombudsman', 'lead'))).toEqual(sorted(complaint, sentRound));
    expect(await seen({ kind: 'mailbox', caseId: elsewhere.id })).toEqual(sorted(elsewhere));
    expect(await seen({ kind: 'public' })).toEqual([]);
    const items = await desk.database.asActor({ kind: 'mailbox', caseId: disclosure.id }, (manager) =>
      manager.query<{ key: string; case_id: string }[]>('SELECT DISTINCT case_id, key FROM case_items ORDER BY key'),
    );
    expect(items).toEqual(['case', 'identity', 'referral'].map((key) => ({ case_id: disclosure.id, key })));
  });

  it('shows who handed a case on no word of it any more, nor where it went from there', async () => {
    const seen = (sql: string): Promise<unknown[]> =>
      desk.database.asActor(ana.who.actor, (manager) => manager.query(sql, [lodged.complaint.id]));
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
        async (manager) => (await outcome(manager, { text: sql, values: [] }, [])) === REFUSED,
      );
    const { actor } = ana.who;
    expect(await refused(actor, entry('staff', actor.staffId))).toBe(false);
    expect(await refused(actor, entry('staff', ben.who.actor.staffId))).toBe(true);
    expect(await refused(actor, entry('system', 'routing'))).toBe(true);
    expect(await refused(actor, entry('public', ''))).toBe(true);
    expect(await refused({ kind: 'mailbox', caseId: lodged.complaint.id }, entry('staff', actor.staffId))).toBe(true);
    expect(await refused(actor, 'SELECT action FROM audit_entries')).toBe(true);
    expect(await refused(actor, 'DELETE FROM audit_entries')).toBe(true);
    expect(await refused(actor, 'DELETE FROM audit_pending')).toBe(true);
  });
});

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createDataSource } from '../../config/data-source.js';
import { Database } from '../../config/database.js';
import { loadSettings } from '../../config/settings.js';
import { AgenciesService } from '../../src/agencies/agencies.service.js';
import { AppModule } from '../../src/app.module.js';
import { ENTITIES } from '../../src/entities.js';
import type { Role } from '../../src/staff/roles.js';
import { StaffSessions } from '../../src/staff/staff-sessions.js';
import { makeKeyPair } from '../../src/vault/keys.js';
import { createWebApp, listen } from '../../src/web/web-app.js';
import { enrol, type Desk } from '../cases/desk.js';
import { lodge } from '../cases/sealed-cases.js';
import { SYSTEM } from '../staff/staff-app.js';
import { freshDatabase } from '../support/database.js';
import { Caller } from './caller.js';
import { makeServiceKeys } from '../support/service-keys.js';

/**
 * The agency whose things are looked for, another one, the operator, where triage and system leads work too, and a body that
 * oversees.
 */
export const AGENCIES = ['msd', 'ird', 'triage', 'ombudsman'] as const;
export type AgencyId = (typeof AGENCIES)[number];

const EVERYWHERE: readonly Role[] = ['officer', 'disclosure_officer', 'lead', 'analyst', 'auditor', 'admin'];
const AT_THE_OPERATOR: readonly Role[] = ['triage', 'system_lead'];

/** Ids of what belongs to `msd`, by the word that stands for them in the table of routes; and one that nothing has. */
export type Things = Readonly<
  Record<
    | 'complaint'
    | 'disclosure'
    | 'referral'
    | 'link'
    | 'wall'
    | 'review'
    | 'letter'
    | 'delegation'
    | 'change'
    | 'asked'
    | 'person'
    | 'session',
    string
  >
>;

/** The whole application as web servers run it, with every route it has, and somebody of each role at three agencies. */
export interface Scene {
  readonly app: NestFastifyApplication;
  readonly publicOrigin: string;
  readonly staffOrigin: string;
  /** `GET /staff/inbox` and so on, as Fastify knows them. */
  readonly routes: readonly string[];
  readonly things: Things;
  readonly desk: Desk;
  /** Somebody who has this one role there. */
  as(agencyId: AgencyId, role: Role): Promise<Caller>;
  /** Roles that somebody holds there. */
  rolesAt(agencyId: AgencyId): readonly Role[];
  nobody(): Caller;
  close(): Promise<void>;
}

export async function openScene(): Promise<Scene> {
  const fresh = await freshDatabase();
  const home = await mkdtemp(join(tmpdir(), 'onedoor-attack-'));
  const keys = await makeServiceKeys(join(home, 'keys'));
  const settings = loadSettings({
    PORT: '0',
    LOG_LEVEL: 'silent',
    ONEDOOR_HOME: home,
    ROLE: 'web',
    PASSKEY_REQUIRED_FOR: 'nobody',
  });
  const dataSource = await createDataSource(fresh.applicationUrl, ENTITIES).initialize();
  const database = new Database(dataSource);
  const app = await createWebApp(AppModule.on(database, keys), settings);
  const routes: string[] = [];
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) if (one !== 'HEAD' && one !== 'OPTIONS') routes.push(`${one} ${url}`);
    });
  const origins = await listen(app, settings);
  const owner = new Client({ connectionString: fresh.ownerUrl });
  await owner.connect();
  const rows: Desk['rows'] = async <T extends object>(sql: string, values: unknown[] = []) =>
    (await owner.query<T>(sql, values)).rows;
  const close = async (): Promise<void> => {
    await app.close();
    await dataSource.destroy();
    await owner.end();
    await fresh.drop();
    await rm(home, { recursive: true, force: true });
  };
  const desk: Desk = { app, database, rows, close, ...origins };
  const people = new Map<string, string>();
  let things: Things;
  try {
    for (const agencyId of AGENCIES) {
      await app.get(AgenciesService, { strict: false }).connect(SYSTEM, { id: agencyId });
      for (const role of rolesAt(agencyId)) people.set(`${role} ${agencyId}`, await person(desk, agencyId, role));
    }
    things = await lay(desk, people);
  } catch (error) {
    await close();
    throw error;
  }
  const as: Scene['as'] = async (agencyId, role) => {
    const staffId = people.get(`${role} ${agencyId}`) ?? '';
    const sessions = app.get(StaffSessions, { strict: false });
    const token = await database.asActor(SYSTEM, (manager) => sessions.open(manager, staffId, 'passkey'));
    return Caller.begin(origins, { 'onedoor-staff': token });
  };
  return { app, ...origins, routes, things, desk, as, rolesAt, nobody: () => new Caller(origins), close };
}

function rolesAt(agencyId: AgencyId): readonly Role[] {
  if (agencyId === 'ombudsman') return ['overseer'];
  return agencyId === 'triage' ? [...EVERYWHERE, ...AT_THE_OPERATOR] : EVERYWHERE;
}

/** Somebody who never signs in with a passphrase needs no more than a name. */
async function person(desk: Desk, agencyId: AgencyId, role: Role): Promise<string> {
  // Disclosures are granted to a person's own key, so this one has keys.
  if (role === 'disclosure_officer' && agencyId === 'msd') {
    return (await enrol(desk, agencyId, [role])).actor.staffId;
  }
  return insertPerson(desk, agencyId, role, `${role}.${agencyId}`);
}

async function insertPerson(desk: Desk, agencyId: string, role: Role, username: string): Promise<string> {
  const id = randomUUID();
  await desk.rows(
    `INSERT INTO staff (id, agency_id, username, display_name, roles, totp_last_step, active)
     VALUES ($1, $2, $3, $4, $5, 0, true)`,
    [id, agencyId, username, `${role} at ${agencyId}`, [role]],
  );
  return id;
}

type Ids = [string, string, string, string, string, string, string, string];

/** A complaint, a disclosure, and what hangs on the complaint: all of `msd`, and a referral to an agency that nobody here is of. */
async function lay(desk: Desk, people: ReadonlyMap<string, string>): Promise<Things> {
  const { kid, jwk } = await makeKeyPair('agreement');
  const complaint = await lodge(desk, { agencyId: 'msd', path: 'complaint', readers: [{ kid, jwk }] });
  const [reader] = await desk.rows<{ kid: string; jwk: typeof jwk }>(
    `SELECT kid, jwk FROM staff_keys WHERE staff_id = $1 AND purpose = 'agreement'`,
    [people.get('disclosure_officer msd')],
  );
  if (!reader) throw new Error('The disclosure officer has no key.');
  const disclosure = await lodge(desk, { agencyId: 'msd', path: 'disclosure', readers: [reader] });
  const officer = people.get('officer msd');
  const [referral, link, wall, review, letter, delegation, change, asked] = Array.from({ length: 8 }, () =>
    randomUUID(),
  ) as Ids;
  const colleague = await insertPerson(desk, 'msd', 'officer', 'kept.out');
  const sessions = desk.app.get(StaffSessions, { strict: false });
  await desk.database.asActor(SYSTEM, (manager) => sessions.open(manager, colleague, 'passkey'));
  const [session] = await desk.rows<{ id: string }>('SELECT id FROM staff_sessions WHERE staff_id = $1', [colleague]);
  await desk.rows(`INSERT INTO agencies (id) VALUES ('acc') ON CONFLICT DO NOTHING`);
  await desk.rows(
    `INSERT INTO referrals (id, case_id, number, from_agency, to_agency, reason, share_identity, state, proposed_by, proposed_on)
     VALUES ($1, $2, 1, 'msd', 'acc', 'not_ours', true, 'proposed', $3, '2026-11-20')`,
    [referral, complaint.id, officer],
  );
  await desk.rows(
    `INSERT INTO case_links (id, case_id, agency_id, reference, kind, made_by, made_on)
     VALUES ($1, $2, 'msd', 'C-2345-6789', 'related', $3, '2026-11-20')`,
    [link, complaint.id, officer],
  );
  await desk.rows(
    `INSERT INTO case_walls (id, case_id, staff_id, reason, set_by, set_on) VALUES ($1, $2, $3, 'other', $4, '2026-11-20')`,
    [wall, complaint.id, colleague, officer],
  );
  await desk.rows(
    `INSERT INTO delegations (id, role, from_id, to_id, until_day) VALUES ($1, 'lead', $2, $3, '2099-01-01')`,
    [delegation, people.get('lead msd'), colleague],
  );
  await desk.rows(
    `INSERT INTO role_changes (id, staff_id, roles, asked_by, asked_on) VALUES ($1, $2, '{admin}', $3, '2026-11-20')`,
    [change, colleague, people.get('admin msd')],
  );
  await desk.rows(
    `INSERT INTO asked_invitations (id, agency_id, roles, for_whom, asked_by, asked_on, expires_at)
     VALUES ($1, 'msd', '{admin}', 'Somebody new', $2, '2026-11-20', now() + interval '7 days')`,
    [asked, people.get('admin msd')],
  );
  await desk.rows(
    `INSERT INTO oversight_counts (quarter, agency_id, basis, received, on_time, late, overdue, longer, no_action, counted_on)
     VALUES ('2026-10-01', 'msd', 'pda_s13', 3, '{3,2,1,1,1}', '{0,1,1,0,0}', '{0,0,1,1,1}', 1, 0, '2026-11-20')`,
  );
  await desk.rows(
    `INSERT INTO lead_reviews (id, case_id, why, opened_on) VALUES ($1, $2, 'not_placed', '2026-11-20')`,
    [review, complaint.id],
  );
  await desk.rows(
    `INSERT INTO outbox (id, queue, name, case_id, dead_at, error_code)
     VALUES ($1, 'routing', 'place_case', $2, now(), 'unexpected')`,
    [letter, complaint.id],
  );
  const hanging = {
    referral,
    link,
    wall,
    review,
    letter,
    delegation,
    change,
    asked,
    person: colleague,
    session: session?.id ?? '',
  };
  return { complaint: complaint.id, disclosure: disclosure.id, ...hanging };
}

import { type DynamicModule, type INestApplicationContext, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type QueryResultRow } from 'pg';
import { createDataSource } from '../../config/data-source.js';
import { Database } from '../../config/database.js';
import { ServiceKeys } from '../../config/service-keys.js';
import { loadSettings } from '../../config/settings.js';
import { AgenciesModule } from '../../src/agencies/agencies.module.js';
import { AgenciesService } from '../../src/agencies/agencies.service.js';
import { KeyLogKeeper } from '../../src/agencies/key-log/key-log-keeper.js';
import { CasesModule } from '../../src/cases/cases.module.js';
import { ClocksModule } from '../../src/clocks/clocks.module.js';
import { holdCeremony as holdWholeCeremony } from '../../src/demo/hold-ceremony.js';
import { DisclosuresModule } from '../../src/disclosures/disclosures.module.js';
import { IdentityModule } from '../../src/disclosures/identity/identity.module.js';
import { ENTITIES } from '../../src/entities.js';
import { QueueModule } from '../../src/queue/queue.module.js';
import { Enrolment } from '../../src/staff/enrolment.js';
import { enrolStaffMember, type EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { Invitations } from '../../src/staff/invitations.js';
import type { Role } from '../../src/staff/roles.js';
import { StaffModule } from '../../src/staff/staff.module.js';
import { StaffSessions } from '../../src/staff/staff-sessions.js';
import { createWebApp, listen } from '../../src/web/web-app.js';
import { freshDatabase } from '../support/database.js';
import { knownPassphrase } from '../support/passphrases.js';
import { until } from '../support/until.js';
import { makeServiceKeys } from '../support/service-keys.js';

/** A worker at its work. */
export const SYSTEM = { kind: 'system', name: 'test' } as const;
/** As whom an agency is connected and its first people are invited. */
export const FIRST_START = { kind: 'system', name: 'first-start' } as const;

/** The desk behind the real shell, on a database of its own. No worker runs: what is promised stays in the outbox. */
export interface Desk {
  readonly app: NestFastifyApplication;
  readonly database: Database;
  readonly staffOrigin: string;
  /** As the owner of the tables, to look and to arrange. */
  rows<T extends QueryResultRow>(sql: string, values?: unknown[]): Promise<T[]>;
  close(): Promise<void>;
}

@Module({})
class Ground {}

@Module({
  imports: [StaffModule, AgenciesModule, ClocksModule, CasesModule, DisclosuresModule, IdentityModule, QueueModule],
})
class Root {}

/** @param environment settings to add or change */
export async function startDesk(environment: Readonly<Record<string, string>> = {}): Promise<Desk> {
  const fresh = await freshDatabase();
  const home = await mkdtemp(join(tmpdir(), 'onedoor-desk-'));
  const dataSource = await createDataSource(fresh.applicationUrl, ENTITIES).initialize();
  const database = new Database(dataSource);
  const keys = await makeServiceKeys(join(home, 'keys'));
  const settings = loadSettings({
    PORT: '0',
    LOG_LEVEL: process.env.DESK_LOG ?? 'silent',
    ONEDOOR_HOME: home,
    ROLE: 'web',
    PASSKEY_REQUIRED_FOR: 'nobody',
    ...environment,
  });
  const app = await createWebApp(withGround(database, keys), settings);
  const { staffOrigin } = await listen(app, settings);
  const owner = new Client({ connectionString: fresh.ownerUrl });
  await owner.connect();
  return {
    app,
    database,
    staffOrigin,
    rows: async <T extends QueryResultRow>(sql: string, values: unknown[] = []) =>
      (await owner.query<T>(sql, values)).rows,
    close: async () => {
      await app.close();
      await dataSource.destroy();
      await owner.end();
      await fresh.drop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function withGround(database: Database, keys: ServiceKeys): DynamicModule {
  const providers = [
    { provide: Database, useValue: database },
    { provide: ServiceKeys, useValue: keys },
  ];
  const ground: DynamicModule = { module: Ground, global: true, providers, exports: providers };
  return { module: Root, imports: [ground] };
}

/**
 * Starts these requests while the row of a case is held, and lets it go once all of them wait for it, so that they truly
 * come at the same time.
 */
export async function atOnce<T>(desk: Desk, caseId: string, requests: readonly (() => Promise<T>)[]): Promise<T[]> {
  const answers: Promise<T>[] = [];
  await desk.rows('BEGIN');
  try {
    await desk.rows('SELECT 1 FROM cases WHERE id = $1 FOR UPDATE', [caseId]);
    answers.push(...requests.map((request) => request()));
    await Promise.race([
      until('all of them wait', async () => (await waiting(desk)) >= requests.length),
      Promise.race(answers).then(() => {
        throw new Error('one was answered without waiting for the case');
      }),
    ]);
  } finally {
    await desk.rows('ROLLBACK'); // nothing was written; it lets the row go
  }
  return Promise.all(answers);
}

/** How many wait for a lock of this database. */
export async function waiting(desk: Desk): Promise<number> {
  const [row] = await desk.rows<{ n: number }>(
    `SELECT count(DISTINCT pid)::int AS n FROM pg_locks
      WHERE NOT granted AND pid IN (
        SELECT pid FROM pg_locks WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database()))`,
  );
  return row?.n ?? 0;
}

let people = 0;

/** Connects an agency, if it is not yet, and enrols one person with these roles. */
export async function enrol({ app }: Desk, agencyId: string, roles: readonly Role[]): Promise<EnrolledStaffMember> {
  const n = ++people;
  await app.get(AgenciesService).connect(FIRST_START, { id: agencyId });
  const { token } = await app.get(Invitations).invite(FIRST_START, { agencyId, roles });
  const names = { displayName: `Person ${n.toString()}`, username: `user.${n.toString()}` };
  const person = { token, ...names, ...knownPassphrase(n) };
  const enrolled = await enrolStaffMember(app.get(Enrolment), person);
  // As a worker would, which is not there.
  await app.get(KeyLogKeeper).runOnce();
  return enrolled;
}

/** Holds the key ceremony in the name of one who may hold the agency's complaints key, for all who may. */
export async function holdCeremony(
  { app }: { readonly app: INestApplicationContext },
  who: EnrolledStaffMember,
): Promise<void> {
  await holdWholeCeremony(app, [who]);
}

/** Retires the key of this person's agency and makes another, as after the loss of a device. */
export async function renewKey(
  desk: { readonly app: INestApplicationContext; rows(sql: string, values?: unknown[]): Promise<unknown> },
  who: EnrolledStaffMember,
): Promise<void> {
  await desk.rows('UPDATE agency_keys SET retired_at = now() WHERE agency_id = $1 AND retired_at IS NULL', [
    who.actor.agencyId,
  ]);
  await holdCeremony(desk, who);
}

/** An answer with its text read. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly location: string | null;
  readonly headers: Headers;
  json(): unknown;
}

/** What a browser asked for before it could seal anything was not given to it. */
export class NotGiven extends Error {
  constructor(
    path: string,
    readonly answer: Answer,
  ) {
    super(`${path} was answered ${answer.status.toString()}: ${answer.text}`);
  }
}

/** What somebody who is signed in is served by. */
interface Served {
  readonly app: INestApplicationContext;
  readonly database: Database;
  readonly staffOrigin: string;
}

/** A signed-in browser's cookies and token, without a browser. */
export class DeskClient {
  private constructor(
    private readonly origin: string,
    readonly cookies: Map<string, string>,
    private csrf: string,
  ) {}

  static async of(desk: Served, { actor }: EnrolledStaffMember): Promise<DeskClient> {
    const token = await desk.database.asActor(actor, (manager) =>
      desk.app.get(StaffSessions, { strict: false }).open(manager, actor.staffId, 'passkey'),
    );
    const client = new DeskClient(desk.staffOrigin, new Map([['onedoor-staff', token]]), '');
    const { text } = await client.get('/staff/sign-in');
    client.csrf = /name="csrf-token" content="([^"]+)"/.exec(text)?.[1] ?? '';
    return client;
  }

  get(path: string): Promise<Answer> {
    return this.send(path, { method: 'GET' });
  }

  /**
   * What lies there, for a script of ours to go on with.
   *
   * @throws {NotGiven} where the answer is not 200
   */
  async given<T>(path: string): Promise<T> {
    const answer = await this.get(path);
    if (answer.status !== 200) throw new NotGiven(path, answer);
    return answer.json() as T;
  }

  /** As a script of ours sends it. */
  post(path: string, body: object, more: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const headers = { 'content-type': 'application/json', 'x-csrf-token': this.csrf, ...more };
    return this.send(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  /** As a form of ours sends it. */
  submit(path: string, fields: Record<string, string> = {}): Promise<Answer> {
    const body = new URLSearchParams({ ...fields, _csrf: this.csrf });
    return this.send(path, { method: 'POST', body });
  }

  private async send(path: string, init: RequestInit): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(init.headers as Record<string, string> | undefined), cookie };
    const response = await fetch(this.origin + path, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';', 1)[0] ?? '').split('=');
      this.cookies.set(name, value);
    }
    const text = await response.text();
    return {
      status: response.status,
      text,
      location: response.headers.get('location'),
      headers: response.headers,
      json: () => JSON.parse(text) as unknown,
    };
  }
}

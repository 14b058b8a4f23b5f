import { type DynamicModule, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createDataSource } from '../../config/data-source.js';
import { Database } from '../../config/database.js';
import { ServiceKeys } from '../../config/service-keys.js';
import { loadSettings } from '../../config/settings.js';
import { AgenciesModule } from '../../src/agencies/agencies.module.js';
import { AgenciesService } from '../../src/agencies/agencies.service.js';
import { Enrolment } from '../../src/staff/enrolment.js';
import { enrolStaffMember, type EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { Invitations } from '../../src/staff/invitations.js';
import type { Role } from '../../src/staff/roles.js';
import { StaffModule } from '../../src/staff/staff.module.js';
import { totpCode } from '../../src/staff/totp.js';
import { ENTITIES } from '../../src/entities.js';
import { createWebApp, listen } from '../../src/web/web-app.js';
import { freshDatabase } from '../support/database.js';
import { authOf, knownPassphrase } from '../support/passphrases.js';
import { makeServiceKeys } from '../support/service-keys.js';
import { freshAddress } from '../support/fresh-address.js';

export const SYSTEM = { kind: 'system', name: 'first-start' } as const;

/** The staff and agency features behind the real shell, on a database of their own. */
export interface StaffApp {
  readonly app: NestFastifyApplication;
  readonly staffOrigin: string;
  readonly publicOrigin: string;
  /** As the owner of the tables, to look and to move times back. */
  readonly owner: Client;
  close(): Promise<void>;
}

/** @param environment settings to add or change */
export async function startStaffApp(environment: Readonly<Record<string, string>> = {}): Promise<StaffApp> {
  const database = await freshDatabase();
  const home = await mkdtemp(join(tmpdir(), 'onedoor-staff-'));
  const dataSource = await createDataSource(database.applicationUrl, ENTITIES).initialize();
  const keys = await makeServiceKeys(join(home, 'keys'));
  const settings = loadSettings({
    PORT: '0',
    LOG_LEVEL: 'silent',
    ONEDOOR_HOME: home,
    TRUSTED_PROXIES: '1',
    PASSKEY_REQUIRED_FOR: 'nobody',
    ...environment,
  });
  const app = await createWebApp(modules(new Database(dataSource), keys), settings);
  const origins = await listen(app, settings);
  const owner = new Client({ connectionString: database.ownerUrl });
  await owner.connect();
  const close = async (): Promise<void> => {
    await app.close();
    await dataSource.destroy();
    await owner.end();
    await database.drop();
    await rm(home, { recursive: true, force: true });
  };
  return { app, ...origins, owner, close };
}

@Module({})
class Ground {}

@Module({})
class Root {}

function modules(database: Database, keys: ServiceKeys): DynamicModule {
  const providers = [
    { provide: Database, useValue: database },
    { provide: ServiceKeys, useValue: keys },
  ];
  const ground: DynamicModule = { module: Ground, global: true, providers, exports: providers };
  return { module: Root, imports: [ground, StaffModule, AgenciesModule] };
}

let people = 0;

/** Connects an agency and enrols one person with these roles. */
export async function enrol({ app }: StaffApp, agencyId: string, roles: readonly Role[]): Promise<EnrolledStaffMember> {
  const n = ++people;
  await app.get(AgenciesService).connect(SYSTEM, { id: agencyId, noticeEmail: `inbox@${agencyId}.test` });
  const { token } = await app.get(Invitations).invite(SYSTEM, { agencyId, roles });
  const names = { displayName: `Person ${n.toString()}`, username: `user.${n.toString()}` };
  return enrolStaffMember(app.get(Enrolment), { token, ...names, ...knownPassphrase(n) });
}

type Credentials = Pick<EnrolledStaffMember, 'username' | 'passphrase' | 'totpSecret'>;

/** A browser's cookies, CSRF token and address of its own, without a browser. */
export class StaffClient {
  private address = freshAddress();
  private readonly cookies = new Map<string, string>();
  private csrf = '';

  constructor(private readonly origin: string) {}

  /** Opens the sign-in page, which hands out the CSRF token. */
  async begin(): Promise<this> {
    const page = await (await this.get('/staff/sign-in')).text();
    this.csrf = /name="csrf-token" content="([^"]+)"/.exec(page)?.[1] ?? '';
    return this;
  }

  /** Goes on from another address. */
  moveTo(address: string): void {
    this.address = address;
  }

  get(path: string): Promise<Response> {
    return this.send(path, { method: 'GET' });
  }

  post(path: string, body: object): Promise<Response> {
    const headers = { 'content-type': 'application/json', 'x-csrf-token': this.csrf };
    return this.send(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  /** Sends a form as a browser does. */
  postForm(path: string, fields: Readonly<Record<string, string>>): Promise<Response> {
    return this.send(path, { method: 'POST', body: new URLSearchParams({ ...fields, _csrf: this.csrf }) });
  }

  /** What the page that asks once more who is there does. */
  async prove(who: Credentials, code?: string): Promise<Response> {
    return this.post('/staff/api/step-up', { auth: await this.authOf(who), code: code ?? totpCode(who.totpSecret) });
  }

  /** What the sign-in page's script does. */
  async signIn(who: Credentials, code?: string): Promise<Response> {
    const auth = await this.authOf(who);
    return this.post('/staff/api/sign-in', { username: who.username, auth, code: code ?? totpCode(who.totpSecret) });
  }

  /** Asks for the salt and stretches the passphrase. */
  async authOf({ username, passphrase }: Credentials): Promise<string> {
    const answer = await this.post('/staff/api/sign-in/salt', { username });
    const { salt } = (await answer.json()) as { salt: string };
    return authOf({ passphrase, salt });
  }

  cookie(name: string): string | undefined {
    return this.cookies.get(name);
  }

  setCookie(name: string, value: string): void {
    this.cookies.set(name, value);
  }

  private async send(path: string, init: RequestInit): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = {
      ...(init.headers as Record<string, string> | undefined),
      cookie,
      'x-forwarded-for': this.address,
    };
    const response = await fetch(this.origin + path, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';', 1)[0] ?? '').split('=');
      if (line.includes('Max-Age=0')) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }
}

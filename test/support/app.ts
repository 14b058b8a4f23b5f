import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '../../config/settings.js';
import { boot, type Running } from '../../src/boot.js';
import { openAgency, type Person } from '../../src/demo/open-agency.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { freshDatabase, type TestDatabase } from './database.js';
import { knownPassphrase } from './passphrases.js';
import { makeServiceKeys } from './service-keys.js';

/** The whole application on a database of its own. */
export interface TestApp extends Running {
  readonly publicOrigin: string;
  readonly staffOrigin: string;
  readonly database: TestDatabase;
  /** Where mail is written, keys lie, and so on. */
  readonly home: string;
}

/**
 * Boots the application as `npm start` does, on a free port and a migrated database of its own.
 *
 * @param environment settings to add or change, such as `ROLE` or `SMTP_URL`
 */
export async function startApp(environment: Readonly<Record<string, string>> = {}): Promise<TestApp> {
  const database = await freshDatabase();
  const home = await mkdtemp(join(tmpdir(), 'onedoor-app-'));
  const keys = join(home, 'service-keys');
  await makeServiceKeys(keys);
  const settings = loadSettings({
    DATABASE_URL: database.applicationUrl,
    SERVICE_KEYS: keys,
    ONEDOOR_HOME: home,
    PORT: '0',
    LOG_LEVEL: 'silent',
    // Most of these people sign in with a passphrase, which is not what is looked at.
    PASSKEY_REQUIRED_FOR: 'nobody',
    ...environment,
  });
  const running = await boot(settings);
  const { publicOrigin, staffOrigin } = running.origins ?? { publicOrigin: '', staffOrigin: '' };
  const close = async (): Promise<void> => {
    await running.close();
    await database.drop();
    await rm(home, { recursive: true, force: true });
  };
  return { ...running, publicOrigin, staffOrigin, database, home, close };
}

let people = 0;

/** A person for a test; every one has another name. */
function person(roles: Person['roles'] = ['officer', 'disclosure_officer']): Person {
  const n = ++people;
  const names = { displayName: `Officer ${n.toString()}`, username: `officer.${n.toString()}` };
  return { ...names, ...knownPassphrase(n), roles };
}

/** Opens an agency with two people who may read everything it gets. */
export function openTestAgency(app: Running, id: string): Promise<EnrolledStaffMember[]> {
  return openAgency(app.app, { id, noticeEmail: `${id}@agency.test` }, [person(), person()]);
}

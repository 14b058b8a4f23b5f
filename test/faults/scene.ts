import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from '../../config/database.js';
import { loadSettings } from '../../config/settings.js';
import { allReaders, type LabelledReaders } from '../../src/agencies/readers.js';
import { boot } from '../../src/boot.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { openTestAgency } from '../support/app.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { makeServiceKeys } from '../support/service-keys.js';

/** A migrated database with agencies open for intake, for processes to serve; nobody is connected to it yet. */
export interface Scene {
  readonly database: TestDatabase;
  /** Everything these processes write lies here, and the service keys. */
  readonly home: string;
  readonly officers: ReadonlyMap<string, readonly EnrolledStaffMember[]>;
  readonly readers: ReadonlyMap<string, LabelledReaders['readers']>;
  /** Environment of a process on this database, or on a clone of it. */
  environment(database?: TestDatabase): Record<string, string>;
  end(): Promise<void>;
}

/** Sets a scene with these agencies; mail for `msd` goes to `msd@agency.test`. */
export async function setScene(agencies: readonly string[]): Promise<Scene> {
  const database = await freshDatabase();
  const home = await mkdtemp(join(tmpdir(), 'onedoor-faults-'));
  const keys = join(home, 'service-keys');
  await makeServiceKeys(keys);
  const environment = (on: TestDatabase = database): Record<string, string> => ({
    DATABASE_URL: on.applicationUrl,
    PASSKEY_REQUIRED_FOR: 'nobody',
    SERVICE_KEYS: keys,
    ONEDOOR_HOME: home,
    PORT: '0',
  });
  const settings = loadSettings({ ...environment(), ROLE: 'web', LOG_LEVEL: 'silent' });
  const running = await boot(settings);
  try {
    const officers = new Map<string, readonly EnrolledStaffMember[]>();
    for (const id of agencies) officers.set(id, await openTestAgency(running, id));
    const connected = await running.app.get(Database).asActor({ kind: 'system', name: 'test' }, allReaders);
    const readers = new Map([...connected].map(([id, one]) => [id, one.readers] as const));
    const end = async (): Promise<void> => {
      await database.drop();
      await rm(home, { recursive: true, force: true });
    };
    return { database, home, officers, readers, environment, end };
  } finally {
    await running.close();
  }
}

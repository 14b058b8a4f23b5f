import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type QueryResultRow } from 'pg';
import { createDataSource } from '../../config/data-source.js';
import { Database, type Actor } from '../../config/database.js';
import type { ServiceKeys } from '../../config/service-keys.js';
import { append, type AuditEntry } from '../../src/audit/audit.js';
import { verifyAudit, type AuditReport } from '../../src/audit/audit-report.js';
import { withStoredAudit } from '../../src/audit/audit-source.js';
import { openLog } from '../../src/web/log.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { makeServiceKeys } from '../support/service-keys.js';

export const OFFICER: Actor = {
  kind: 'staff',
  staffId: '0b9dbf86-6a4f-4b8b-9d0e-3d1f5a0f7c11',
  agencyId: 'ombudsman',
};
export const PUBLIC: Actor = { kind: 'public' };
/** For whoever must have a log. */
export const SILENT = openLog('silent');
export const CASE = '5f4bb1de-0f83-4bb5-b4c0-2a1c3b8f9e21';

/** A database with an empty log, the application's way to it, the owner's, and the service's keys. */
export interface AuditLog {
  readonly database: Database;
  readonly test: TestDatabase;
  readonly keys: ServiceKeys;
  readonly keysDirectory: string;
  /** Records acts, one after the other, in one transaction. */
  record(...entries: readonly Partial<AuditEntry>[]): Promise<void>;
  /** Runs a statement as the owner of the tables, who may do anything. */
  asOwner<T extends QueryResultRow>(statement: string, parameters?: readonly unknown[]): Promise<T[]>;
  verify(kept?: readonly string[]): Promise<AuditReport>;
  /** Kinds and subjects of what is wrong, in one line each. */
  faults(kept?: readonly string[]): Promise<string[]>;
  /** Ends every connection, so that the database can be cloned. */
  disconnect(): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param template the test database to clone, to which nobody may be connected
 * @param keysOf directory of the service keys; default: new ones
 */
export async function openAuditLog(template?: TestDatabase, keysOf?: string): Promise<AuditLog> {
  const test = await freshDatabase(template && new URL(template.ownerUrl).pathname.slice(1));
  const keysDirectory = keysOf ?? (await mkdtemp(join(tmpdir(), 'audit-keys-')));
  const keys = await makeServiceKeys(keysDirectory);
  const dataSource = await createDataSource(test.applicationUrl, []).initialize();
  const owner = new Client({ connectionString: test.ownerUrl });
  await owner.connect();
  const verify = (kept: readonly string[] = []): Promise<AuditReport> =>
    withStoredAudit(test.applicationUrl, (source) => verifyAudit(source, [keys.heads.publicJwk], kept));
  const database = new Database(dataSource);
  const disconnect = async (): Promise<void> => {
    await dataSource.destroy();
    await owner.end();
  };
  return {
    database,
    test,
    keys,
    keysDirectory,
    verify,
    async record(...entries) {
      for (const { actor = OFFICER, ...entry } of entries) {
        await database.asActor(actor, (manager) => append(manager, { action: 'case.read', actor, ...entry }));
      }
    },
    async asOwner<T extends QueryResultRow>(statement: string, parameters: readonly unknown[] = []): Promise<T[]> {
      return (await owner.query<T>(statement, [...parameters])).rows;
    },
    async faults(kept) {
      return (await verify(kept)).faults.map(({ kind, subject }) => `${kind} ${subject}`);
    },
    disconnect,
    async close() {
      await disconnect();
      await test.drop();
      if (keysOf === undefined) await rm(keysDirectory, { recursive: true });
    },
  };
}

/** A moment at which everything recorded until now is due, whatever the hour. */
export function afterTheNight(): Date {
  return new Date(Date.now() + 48 * 3_600_000);
}

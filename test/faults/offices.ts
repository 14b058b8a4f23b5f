import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type QueryResultRow } from 'pg';
import { Database } from '../../config/database.js';
import { loadSettings } from '../../config/settings.js';
import { boot } from '../../src/boot.js';
import { openReceipt } from '../../src/vault/receipt.js';
import type { MailboxSide } from '../../src/mailbox/mailbox-side.js';
import { DeskClient, type Desk } from '../cases/desk.js';
import type { AtDesk } from '../cases/handing-on.js';
import { unlock, type LodgedCase } from '../cases/sealed-cases.js';
import { Watcher } from '../carry/worker.js';
import { freshDatabase } from '../support/database.js';
import { until } from '../support/until.js';
import { ServerProcess } from './processes.js';
import { makeServiceKeys } from '../support/service-keys.js';

/** Any number: who holds this advisory lock lets nobody pass who is to be held. */
const HELD = 4_711;

/** A web server in a process of its own. */
export interface WebProcess {
  readonly process: ServerProcess;
  readonly publicOrigin: string;
  readonly staffOrigin: string;
}

/** A desk in this process, to arrange by, and web servers in others on the same database. */
export class Offices {
  private constructor(
    readonly desk: Desk,
    /** Another connection than the desk's, which may be in a transaction. */
    readonly watcher: Watcher,
    private readonly holder: Client,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  static async open(): Promise<Offices> {
    const database = await freshDatabase();
    const home = await mkdtemp(join(tmpdir(), 'onedoor-offices-'));
    const keys = join(home, 'service-keys');
    await makeServiceKeys(keys);
    const environment = {
      DATABASE_URL: database.applicationUrl,
      PASSKEY_REQUIRED_FOR: 'nobody',
      SERVICE_KEYS: keys,
      ONEDOOR_HOME: home,
      PORT: '0',
      ROLE: 'web',
    };
    const running = await boot(loadSettings({ ...environment, LOG_LEVEL: 'silent' }));
    const [owner, holder] = [database.ownerUrl, database.ownerUrl].map((url) => new Client({ connectionString: url }));
    if (!owner || !holder) throw new TypeError('two of them');
    await Promise.all([owner.connect(), holder.connect()]);
    const watcher = new Watcher(database.ownerUrl);
    const desk: Desk = {
      app: running.app,
      database: running.app.get(Database),
      staffOrigin: running.origins?.staffOrigin ?? '',
      rows: async <T extends QueryResultRow>(sql: string, values: unknown[] = []) =>
        (await owner.query<T>(sql, values)).rows,
      close: async () => {
        await running.close();
        await Promise.all([owner.end(), holder.end(), watcher.close()]);
        await database.drop();
        await rm(home, { recursive: true, force: true });
      },
    };
    await desk.rows(HOLDING);
    return new Offices(desk, watcher, holder, environment);
  }

  async serve(): Promise<WebProcess> {
    const started = ServerProcess.start('src/main.ts', this.environment);
    const [, publicOrigin = '', staffOrigin = ''] = await started.says(/^ready (\S+)\nstaff (\S+)$/m);
    return { process: started, publicOrigin, staffOrigin };
  }

  /** The same person at a browser that talks to this server. */
  async seatAt({ staffOrigin }: WebProcess, { who }: AtDesk): Promise<AtDesk> {
    const client = await DeskClient.of({ ...this.desk, staffOrigin }, who);
    return { who, client, keys: () => unlock(client, who) };
  }

  /**
   * Holds each of these cases at one point of the transaction that comes upon it: before it writes to the table of that
   * name, or at its `commit`.
   */
  async hold(points: ReadonlyMap<string, string>): Promise<void> {
    await this.holder.query('SELECT pg_advisory_lock($1)', [HELD]);
    for (const [caseId, at] of points) await this.holder.query('INSERT INTO held VALUES ($1, $2)', [caseId, at]);
  }

  /** Waits until so many are held; returns the sessions that are. */
  async held(count: number): Promise<number[]> {
    let pids: number[] = [];
    await until(`${count.toString()} are held`, async () => {
      const rows = await this.watcher.rows<{ pid: number }>(
        `SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted`,
        [HELD],
      );
      pids = rows.map(({ pid }) => pid);
      return pids.length >= count;
    });
    return pids;
  }

  /** Lets them go, and waits until none of these sessions is left. */
  async letGo(pids: readonly number[] = []): Promise<void> {
    await this.holder.query('DELETE FROM held');
    await this.holder.query('SELECT pg_advisory_unlock($1)', [HELD]);
    await until('they are gone', async () => {
      return (await this.watcher.count('pg_stat_activity', 'pid = ANY ($1)', [pids])) === 0;
    });
  }

  /** Does this while nobody else can change a case. */
  async whileLocked<T>(caseId: string, work: () => Promise<T>): Promise<T> {
    await this.desk.rows('BEGIN');
    try {
      await this.desk.rows('SELECT 1 FROM cases WHERE id = $1 FOR UPDATE', [caseId]);
      return await work();
    } finally {
      await this.desk.rows('ROLLBACK'); // nothing was written; it lets the row go
    }
  }

  /** Has these requests wait for a case in this order, and lets it go once all of them do. */
  async inOrder<T>(caseId: string, requests: readonly (() => Promise<T>)[]): Promise<T[]> {
    const answers: Promise<T>[] = [];
    await this.whileLocked(caseId, async () => {
      for (const request of requests) {
        answers.push(request());
        await this.waiting(answers.length);
      }
    });
    return Promise.all(answers);
  }

  /** Waits until so many sessions wait for a lock. */
  async waiting(count: number): Promise<void> {
    const where = `wait_event_type = 'Lock' AND datname = current_database() AND state = 'active'`;
    await until(`${count.toString()} wait`, async () => (await this.watcher.count('pg_stat_activity', where)) >= count);
  }
}

/** The person at their mailbox, at one of the servers. */
export class AtMailbox {
  private constructor(
    private readonly origin: string,
    private readonly session: string,
  ) {}

  static async open({ publicOrigin }: WebProcess, { lodging }: LodgedCase): Promise<AtMailbox> {
    const { mailboxId } = await openReceipt(lodging.receipt);
    const response = await fetch(`${publicOrigin}/api/v1/mailbox/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ mailboxId }),
    });
    if (response.status !== 201) throw new Error(`a mailbox was answered with ${response.status.toString()}`);
    return new AtMailbox(publicOrigin, ((await response.json()) as { session: string }).session);
  }

  /** What is shown of the case's referral. */
  async sees(): Promise<{ agency: string; state: string | undefined; shared: number }> {
    const response = await fetch(`${this.origin}/api/v1/mailbox`, { headers: this.headers });
    const { agency, referral } = (await response.json()) as MailboxSide;
    return { agency: agency.id, state: referral?.state, shared: referral?.shared?.length ?? 0 };
  }

  async takeBack(id: string): Promise<number> {
    const url = `${this.origin}/api/v1/mailbox/referrals/${id}/consent`;
    const response = await fetch(url, { method: 'DELETE', headers: this.headers });
    await response.text();
    return response.status;
  }

  private get headers(): Record<string, string> {
    return { authorization: `Bearer ${this.session}` };
  }
}

const TABLES = [
  'case_epochs',
  'case_grants',
  'referrals',
  'cases',
  'clocks',
  'case_events',
  'outbox',
  'audit_entries',
] as const;

const HOLDING = `
  CREATE TABLE held (case_id uuid, at text);
  CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
  DECLARE line jsonb := to_jsonb(NEW);
  BEGIN
    IF EXISTS (SELECT FROM held WHERE at = TG_ARGV[0] AND case_id = coalesce(line->>'case_id', line->>'id')::uuid) THEN
      PERFORM pg_advisory_xact_lock_shared(${HELD.toString()});
    END IF;
    RETURN NEW;
  END $$;
  ${TABLES.map((table) => `CREATE TRIGGER hold BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION hold('${table}');`).join('\n')}
  CREATE CONSTRAINT TRIGGER hold_commit AFTER INSERT ON audit_entries DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION hold('commit');`;

import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool, type QueryResultRow } from 'pg';
import { createDataSource } from '../../config/data-source.js';
import { Database } from '../../config/database.js';
import type { ServiceKeys } from '../../config/service-keys.js';
import { loadSettings } from '../../config/settings.js';
import { Agency } from '../../src/agencies/agency.entity.js';
import { loadDirectory } from '../../src/agencies/directory.js';
import { CaseEvent } from '../../src/cases/case-event.entity.js';
import { Case, type CasePath } from '../../src/cases/case.entity.js';
import { CasesProcessor } from '../../src/cases/cases.processor.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { Clock } from '../../src/clocks/clock.entity.js';
import { ClocksProcessor } from '../../src/clocks/clocks.processor.js';
import { DeliveryProcessor } from '../../src/delivery/delivery.processor.js';
import { MailTexts } from '../../src/delivery/mail-text.js';
import { Mailer } from '../../src/delivery/mailer.js';
import { JobRegistry } from '../../src/queue/job-registry.js';
import { QueueRunner } from '../../src/queue/queue-runner.js';
import { QueueTimings } from '../../src/queue/queue-timings.js';
import { openLog } from '../../src/web/log.js';
import { Translations } from '../../src/web/translations.js';
import { makeServiceKeys } from '../support/service-keys.js';

/** Times short enough to watch. */
const QUICK: Partial<QueueTimings> = {
  attempts: 5,
  backoff: 50,
  lockDuration: 2_000,
  stalledInterval: 500,
  pollBusy: 20,
  pollIdle: 50,
  relayAgainAfter: 800,
};

/** One worker: what a worker process is made of, put together by hand so that several fit into one test. */
export interface TestWorker {
  readonly runner: QueueRunner;
  readonly database: Database;
  readonly registry: JobRegistry;
  /** Everything that it logged. */
  readonly logged: string[];
  stop(): Promise<void>;
}

export interface TestWorkerOptions {
  readonly databaseUrl: string;
  readonly queueUrl?: string | undefined;
  readonly smtpUrl?: string | undefined;
  readonly home?: string;
  readonly keys?: ServiceKeys;
  readonly timings?: Partial<QueueTimings>;
  /** Enters other handlers instead of the real ones. */
  readonly handlers?: (registry: JobRegistry) => void;
}

/** Opens a worker that is not started yet. */
export async function openWorker(options: TestWorkerOptions): Promise<TestWorker> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'onedoor-carry-')));
  const settings = loadSettings({
    ROLE: 'worker',
    ONEDOOR_HOME: home,
    QUEUE_URL: options.queueUrl,
    SMTP_URL: options.smtpUrl,
  });
  const dataSource = createDataSource(options.databaseUrl, [Agency, Case, CaseEvent, Clock]);
  await dataSource.initialize();
  const database = new Database(dataSource);
  const registry = new JobRegistry();
  if (options.handlers) {
    options.handlers(registry);
  } else {
    const keys = options.keys ?? (await makeServiceKeys(join(home, 'keys')));
    new CasesProcessor(registry, loadDirectory());
    new ClocksProcessor(registry);
    new DeliveryProcessor(registry, new Mailer(settings), new MailTexts(new Translations(), settings), keys);
  }
  const logged: string[] = [];
  const log = openLog('debug', { write: (line) => void logged.push(line) });
  const timings = Object.assign(new QueueTimings(), QUICK, options.timings);
  const runner = new QueueRunner(database, settings, registry, timings, log);
  return {
    runner,
    database,
    registry,
    logged,
    stop: async () => {
      await runner.stop();
      await dataSource.destroy();
    },
  };
}

/** The database as its owner sees it. */
export class Watcher {
  readonly #pool: Pool;

  constructor(url: string) {
    this.#pool = new Pool({ connectionString: url, max: 4 });
    this.#pool.on('error', () => undefined); // an idle connection broke; the pool replaces it
  }

  async rows<T extends QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> {
    return (await this.#pool.query<T>(sql, values)).rows;
  }

  async count(table: string, where = 'true', values: unknown[] = []): Promise<number> {
    const [row] = await this.rows<{ n: number }>(`SELECT count(*)::int AS n FROM ${table} WHERE ${where}`, values);
    return row?.n ?? 0;
  }

  /** Connects an agency. */
  async agency(id: string, noticeEmail: string | null): Promise<void> {
    await this.rows(`INSERT INTO agencies (id, notice_email, open_for_intake) VALUES ($1, $2, true)`, [
      id,
      noticeEmail,
    ]);
  }

  /** Everything in the tables of our schemas and the queue's, as text. */
  async everything(): Promise<string> {
    const tables = await this.rows<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname IN ('public', 'bullmq', 'disposal')`,
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const [row] = await this.rows<{ all: string | null }>(`SELECT string_agg(t::text, E'\\n') AS all FROM ${name} t`);
      texts.push(`${name}\n${row?.all ?? ''}`);
    }
    return texts.join('\n');
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

/** Lodges a bare case as intake does, with its outbox row, in one transaction; returns the case's id. */
export async function lodge(
  watcher: Watcher,
  agencyId: string,
  path: CasePath = 'complaint',
  lodgedOn = todayInAuckland(),
): Promise<string> {
  const id = randomUUID();
  await watcher.rows(
    `WITH c AS (
       INSERT INTO cases (id, reference, agency_id, path, delivery, facets, ruleset, rules, sealed_where, status, lodged_on)
       VALUES ($1, $2, $3, $4, 'direct', NULL, 'test', '{}', 'browser', 'lodged', $5) RETURNING id
     )
     INSERT INTO outbox (id, queue, name, case_id) SELECT gen_random_uuid(), 'routing', 'place_case', id FROM c`,
    [id, randomBytes(8).toString('hex'), agencyId, path, lodgedOn],
  );
  return id;
}

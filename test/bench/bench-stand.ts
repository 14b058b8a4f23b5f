import type { INestApplicationContext } from '@nestjs/common';
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { Client, escapeIdentifier } from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../config/embedded-postgres.js';
import { migrate } from '../../config/migrations.js';
import { loadServiceKeys } from '../../config/service-keys.js';
import { loadSettings } from '../../config/settings.js';
import { boot } from '../../src/boot.js';
import { machine, say } from './machine.js';

const PROJECT = join(import.meta.dirname, '../..');
const PATIENCE_MS = 20_000;

/** The agency that everything is lodged with. */
export const AGENCY = 'msd';
/** A complaint that is decided for it. */
export const FACETS = {
  danger: 'none',
  classified: 'no',
  relationship: 'service_user',
  about: AGENCY,
  topic: 'benefit',
  stage: 'not_raised',
  when: 'under_3_months',
  head_implicated: 'no',
  child: 'no',
};

/** What a measurement found; printed as JSON on the last line. */
export interface Found {
  readonly ratio: number;
  /** Whether the goal was reached. */
  readonly met: boolean;
  readonly [figure: string]: unknown;
}

/** A server process of the built code. */
export interface Server {
  readonly process: ChildProcess;
  /** Origin of the public side; empty for a worker. */
  readonly publicOrigin: string;
  /** Origin of the staff side; empty for a worker. */
  readonly staffOrigin: string;
  stop(): Promise<void>;
}

/**
 * What a measurement stands on: a temporary home with a durable PostgreSQL, migrated as in production, and the
 * processes started on it. Everything ends and disappears with {@link close}.
 */
export class BenchStand {
  /** Where the queue lies, for processes started from now on; nothing: in PostgreSQL. */
  queueUrl: string | undefined;
  private readonly closing: (() => Promise<unknown>)[] = [];
  private closed: Promise<void> | undefined;

  private constructor(
    readonly home: string,
    private readonly postgres: EmbeddedPostgres,
  ) {}

  static async open(): Promise<BenchStand> {
    const home = await mkdtemp(join(tmpdir(), 'onedoor-bench-'));
    await chmod(home, 0o711); // for root, PostgreSQL runs as another user, who has to get in
    const removeHome = (): Promise<void> => rm(home, { recursive: true, force: true });
    const postgres = await startEmbeddedPostgres(home).catch(async (error: unknown) => {
      await removeHome();
      throw error;
    });
    const stand = new BenchStand(home, postgres);
    stand.closing.push(removeHome, () => postgres.stop());
    try {
      await migrate(postgres.ownerUrl, postgres.applicationUrl);
      await loadServiceKeys(stand.serviceKeys, { createIfMissing: true });
      await stand.describe();
    } catch (error) {
      await stand.close();
      throw error;
    }
    return stand;
  }

  /** Ends every process that was started, PostgreSQL last, and removes the home. Safe to repeat. */
  close(): Promise<void> {
    return (this.closed ??= this.closeAll());
  }

  private async closeAll(): Promise<void> {
    for (let last = this.closing.pop(); last; last = this.closing.pop()) {
      await last().catch((error: unknown) => {
        say(`Could not be ended: ${String(error)}`);
      });
    }
  }

  /** `postgres://` URL of a database, as its owner or as the application. */
  url(role: 'owner' | 'application', database = 'onedoor'): string {
    const url = new URL(role === 'owner' ? this.postgres.ownerUrl : this.postgres.applicationUrl);
    url.pathname = `/${database}`;
    return url.href;
  }

  /** Copies the database of the application, to which nobody may be connected. */
  async copyDatabase(name: string): Promise<void> {
    await this.asOwner(
      (client) => client.query(`CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE onedoor`),
      'postgres',
    );
  }

  /** Runs `work` on a connection of the owner. */
  async asOwner<T>(work: (client: Client) => Promise<T>, database = 'onedoor'): Promise<T> {
    const client = new Client({ connectionString: this.url('owner', database) });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  /** Runs `work` with the application inside this process, to prepare: nothing that is measured. */
  async prepare<T>(
    work: (app: INestApplicationContext, publicOrigin: string) => Promise<T>,
    database = 'onedoor',
  ): Promise<T> {
    const running = await boot(loadSettings(this.environment('web', database)));
    try {
      return await work(running.app, running.origins?.publicOrigin ?? '');
    } finally {
      await running.close();
    }
  }

  /** Starts a server process as `npm start` does: the built code with the settings' defaults. */
  async serve(role: 'web' | 'worker', database = 'onedoor'): Promise<Server> {
    const child = spawn(
      process.execPath,
      ['--max-semi-space-size=32', ...profiling(role), join(PROJECT, 'dist/src/main.js')],
      {
        cwd: PROJECT,
        env: { PATH: process.env.PATH, ...this.environment(role, database) },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const stop = this.owned(child);
    const said = new Map<string, string>();
    const lines = createInterface({ input: child.stdout });
    const last = role === 'web' ? 'staff' : 'ready';
    await new Promise<void>((resolve, reject) => {
      lines.on('line', (line) => {
        const [word = '', rest = ''] = line.split(' ');
        if (said.has(last) || line.startsWith('{')) return;
        said.set(word, rest);
        if (word === last) resolve();
      });
      child.once('exit', () => {
        reject(new Error(`The ${role} process ended before it was ready.`));
      });
    });
    const origin = (word: string): string => (role === 'web' ? (said.get(word) ?? '') : '');
    return { process: child, publicOrigin: origin('ready'), staffOrigin: origin('staff'), stop };
  }

  /** Has something ended with the stand. */
  owns(close: () => Promise<unknown>): void {
    this.closing.push(close);
  }

  /** Drops a database to which nobody is connected any more. */
  async dropDatabase(name: string): Promise<void> {
    await this.asOwner((client) => client.query(`DROP DATABASE ${escapeIdentifier(name)} WITH (FORCE)`), 'postgres');
  }

  /** Starts another file of this folder as a process of its own, which speaks through messages. */
  fork(file: string): ChildProcess {
    const child = fork(join(import.meta.dirname, file), { serialization: 'advanced' });
    this.owned(child);
    return child;
  }

  private owned(child: ChildProcess): () => Promise<void> {
    const stop = async (): Promise<void> => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      const deadline = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
      await exit;
      clearTimeout(deadline);
    };
    this.closing.push(stop);
    return stop;
  }

  private get serviceKeys(): string {
    return join(this.home, 'service-keys');
  }

  private environment(role: 'web' | 'worker', database: string): Record<string, string> {
    return {
      ROLE: role,
      PORT: '0',
      DATABASE_URL: this.url('application', database),
      PASSKEY_REQUIRED_FOR: 'nobody',
      SERVICE_KEYS: this.serviceKeys,
      ONEDOOR_HOME: this.home,
      ...(this.queueUrl === undefined ? {} : { QUEUE_URL: this.queueUrl }),
    };
  }

  private async describe(): Promise<void> {
    const settings = await this.asOwner(async (client) => {
      const names = ['server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers'];
      const { rows } = await client.query<{ setting: string }>(
        `SELECT n || '=' || current_setting(n) AS setting FROM unnest($1::text[]) n`,
        [names],
      );
      return rows.map(({ setting }) => setting).join(' ');
    });
    say(`machine     ${machine()}`);
    say(`PostgreSQL  ${settings}`);
  }
}

/** `BENCH_PROFILE=<folder>` writes a CPU profile of each server process there. */
function profiling(role: string): string[] {
  const folder = process.env.BENCH_PROFILE;
  return folder
    ? ['--cpu-prof', '--cpu-prof-dir', folder, '--cpu-prof-name', `${role}-${Date.now().toString()}.cpuprofile`]
    : [];
}

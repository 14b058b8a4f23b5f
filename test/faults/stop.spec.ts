import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { readWaysIn } from '../../src/demo/ways-in.js';
import { isGone, postmasterOf } from '../embedded/checkout.js';
import { until } from '../support/until.js';
import { type Acknowledged, clearLodging, type Lodging, send } from './lodgings.js';
import { processesOf, ServerProcess } from './processes.js';

const IN_FLIGHT = 30;

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'onedoor-stop-'));
  await chmod(home, 0o755); // for root, PostgreSQL runs as another user, who has to get in
});
afterEach(async () => {
  await ServerProcess.endAll();
  await rm(home, { recursive: true, force: true });
});

const environment = (): Record<string, string> => ({ ONEDOOR_HOME: home, PORT: '0' });
const postmaster = (): Promise<number> => postmasterOf(join(home, 'postgres', 'data'));

/** A lodging that the server has begun to take in, and whose words it does not have yet. */
async function begin(origin: string, { idempotencyKey }: Lodging): Promise<ClientRequest> {
  const begun = request(`${origin}/api/v1/submissions`, {
    method: 'POST',
    agent: false,
    headers: {
      'content-type': 'application/json',
      'idempotency-key': idempotencyKey,
      expect: '100-continue', // the server says so once it has read the head of the request
    },
  });
  begun.flushHeaders();
  await once(begun, 'continue');
  return begun;
}

async function finish(begun: ClientRequest, { body }: Lodging): Promise<Acknowledged> {
  begun.end(body);
  const [response] = (await once(begun, 'response')) as [IncomingMessage];
  const text = (await response.setEncoding('utf8').toArray()).join('');
  expect({ status: response.statusCode, text }).toMatchObject({ status: 201 });
  return JSON.parse(text) as Acknowledged;
}

async function hasPeople(): Promise<boolean> {
  const { owner } = JSON.parse(await readFile(join(home, 'postgres', 'passwords.json'), 'utf8')) as { owner: string };
  const [, , , port = ''] = (await readFile(join(home, 'postgres', 'data', 'postmaster.pid'), 'utf8')).split('\n');
  const client = new Client({ connectionString: `postgres://onedoor_owner:${owner}@127.0.0.1:${port}/onedoor` });
  await client.connect();
  try {
    return (await client.query('SELECT FROM staff LIMIT 1')).rows.length > 0;
  } finally {
    await client.end();
  }
}

function refuses(origin: string): Promise<boolean> {
  return fetch(`${origin}/health/live`).then(
    () => false,
    () => true,
  );
}

/** The public origin, once the server said both of its lines, in their order. */
async function ready(server: ServerProcess): Promise<string> {
  const [, port] = await server.says(/^ready http:\/\/127\.0\.0\.1:(\d+)\nstaff http:\/\/localhost:\1$/m);
  return `http://127.0.0.1:${port ?? ''}`;
}

describe('the demonstration', () => {
  it('finishes what it has in hand when asked to stop, leaves no process, and goes on where it was', async () => {
    const first = ServerProcess.start('src/demo/demo.ts', environment());
    const origin = await ready(first);
    const server = await postmaster();
    const waysIn = waysInOf(first);
    const kept = (await readWaysIn(home))?.officers ?? [];
    expect(kept.length).toBeGreaterThan(0);
    expect(waysIn).toEqual(kept.map((one) => [one.username, one.passphrase, one.totpSecret].join(' ')));

    const done = clearLodging();
    const acknowledged = await send(origin, done);
    const lodgings = Array.from({ length: IN_FLIGHT }, clearLodging);
    const begun = await Promise.all(lodgings.map((lodging) => begin(origin, lodging)));
    first.terminate();
    await until('it takes nobody new', () => refuses(origin));
    first.terminate(); // npm passes on what the terminal has said already
    expect(await isGone(server)).toBe(false);
    const answers = await Promise.all(begun.map((one, i) => finish(one, lodgings[i] ?? done)));
    expect(await first.ended).toEqual({ code: 0, signal: null });
    expect(await isGone(server)).toBe(true);
    expect(await processesOf(home)).toEqual([]);

    const second = ServerProcess.start('src/demo/demo.ts', environment());
    const again = await ready(second);
    expect(waysInOf(second)).toEqual(waysIn);
    expect(second.output).not.toContain('Making agencies');
    // Sent again, each is answered as before: it lies there, and it lies there once.
    expect(await send(again, done)).toEqual(acknowledged);
    expect(await Promise.all(lodgings.map((lodging) => send(again, lodging)))).toEqual(answers);
    expect(new Set(answers.map(({ reference }) => reference)).size).toBe(IN_FLIGHT);
    expect(await second.stop()).toEqual({ code: 0, signal: null });
    expect(await processesOf(home)).toEqual([]);
  }, 600_000);

  it('that is stopped while it is being made leaves no process either, and says later that it cannot go on', async () => {
    const first = ServerProcess.start('src/demo/demo.ts', environment());
    await first.says(/^Making agencies/m);
    await until('somebody is enrolled', hasPeople, 120_000);
    expect(await first.stop()).toEqual({ code: 0, signal: null });
    expect(first.output).not.toMatch(/^ready /m);
    expect(await processesOf(home)).toEqual([]);

    const second = ServerProcess.start('src/demo/demo.ts', environment());
    expect(await second.ended).toEqual({ code: 1, signal: null });
    expect(second.output).toMatch(
      /^OneDoor could not start: \/.+ holds people whom no finished demonstration made: delete it, or set [^\n]+\.\n$/,
    );
    expect(await processesOf(home)).toEqual([]);
  }, 600_000);
});

describe('a server without any settings', () => {
  it('is empty, says where it serves and how its first administrator gets in, and stops when asked to', async () => {
    const server = ServerProcess.start('src/main.ts', environment());
    const origin = await ready(server);
    const [, link = ''] = await server.says(/^first administrator, one use, seven days: (\S+)$/m);
    expect(link).toMatch(/^http:\/\/localhost:\d+\/staff\/join#[\w-]{43}$/);
    expect((await fetch(link)).status).toBe(200);
    expect((await fetch(`${origin}/health/ready`)).status).toBe(200);
    const pid = await postmaster();
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(await isGone(pid)).toBe(true);
    expect(await processesOf(home)).toEqual([]);
  });

  it('does not start with a bad setting, and names it in one sentence', async () => {
    for (const [name, value] of Object.entries({ PORT: 'http', DATABASE_URL: 'changeme', ROLE: 'servant' })) {
      const server = ServerProcess.start('src/main.ts', { ...environment(), [name]: value });
      expect(await server.ended).toEqual({ code: 1, signal: null });
      expect(server.output).toMatch(new RegExp(`^OneDoor could not start: ${name} [^\\n]+\\.\\n$`));
      expect(server.output).not.toContain(value);
    }
  });

  it('does not start on a database that nobody answers for, and says nothing of its address', async () => {
    const nobody = 'postgres://app:sentinel@127.0.0.1:1/onedoor';
    const server = ServerProcess.start('src/main.ts', { ...environment(), DATABASE_URL: nobody });
    expect(await server.ended).toEqual({ code: 1, signal: null });
    expect(server.output).toMatch(/^OneDoor could not start: .*\n$/);
    expect(server.output).not.toContain('sentinel');
  });
});

/** How each officer signs in, as printed, without the code of the moment. */
function waysInOf({ output }: ServerProcess): string[] {
  return [...output.matchAll(/^ {2}(\S+)\n {4}passphrase {2}(.+)\n {4}TOTP secret (\S+)/gm)].map(([, ...way]) =>
    way.join(' '),
  );
}

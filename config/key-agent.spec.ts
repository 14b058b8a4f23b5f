import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { compactVerify } from 'jose';
import { rm, mkdtemp, readdir, stat } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAddress, sealAddress } from '../src/vault/address.js';
import { KeyAgent, KeyAgentError } from './key-agent.js';
import { serveKeys } from './key-agent-server.js';
import { KeyFiles } from './key-files.js';
import { loadServiceKeys, type ServiceKeys } from './service-keys.js';
import { SettingsError } from './settings.js';
import { prepareWebhookKey } from './webhook-key.js';
import { placeRatingsKey } from '../test/support/service-keys.js';

let home: string;
let path: string;
let server: Server | undefined;
const sockets = new Set<Socket>();

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'key-agent-'));
  path = join(home, 'keys.sock');
});
afterEach(async () => {
  await stop();
  await rm(home, { recursive: true });
});

/** The agent's own files, which the server never reads. */
const files = async (): Promise<KeyFiles> => {
  await placeRatingsKey(join(home, 'agent'));
  return KeyFiles.open(join(home, 'agent'), true);
};
const load = (): Promise<ServiceKeys> => loadServiceKeys(join(home, 'server'), { createIfMissing: true, agent: path });

async function serve(): Promise<void> {
  keep(await serveKeys(await files(), path));
}

/** Something that answers each question as `answer` says. */
async function serveLines(answer: (line: string) => string): Promise<void> {
  const made = createServer((socket) => {
    socket.on('data', (chunk) => socket.write(answer(chunk.toString())));
  });
  keep(made);
  await new Promise<void>((resolve) => made.listen(path, resolve));
}

function keep(made: Server): void {
  server = made.on('connection', (socket) => sockets.add(socket));
}

async function stop(): Promise<void> {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  const stopping = server;
  server = undefined;
  if (stopping) await new Promise((resolve) => stopping.close(resolve));
}

describe('a key agent', () => {
  it('signs and agrees for a server that has no private key on its disk or in its memory', async () => {
    await serve();
    const keys = await load();
    expect(await readdir(join(home, 'server'))).toEqual(['server-secret']);
    expect((await stat(path)).mode & 0o777).toBe(0o660);
    for (const key of [keys.proofs, keys.heads, keys.webhooks]) {
      const { payload, protectedHeader } = await compactVerify(await key.sign({ n: 1 }, { typ: 't' }), key.publicKey);
      expect([Buffer.from(payload).toString(), protectedHeader.kid]).toEqual(['{"n":1}', key.kid]);
    }
    const { sealing } = keys;
    const sealed = await sealAddress({ kid: sealing.kid, jwk: sealing.publicJwk }, 'hone@home.test');
    expect(await openAddress((other) => sealing.agree(other), sealed)).toBe('hone@home.test');
  });

  it('has the same keys as its files, those of webhooks that are being changed too', async () => {
    await serve();
    await files();
    await prepareWebhookKey(join(home, 'agent'));
    const byAgent = await load();
    const byFiles = await loadServiceKeys(join(home, 'agent'), { createIfMissing: true });
    expect(byAgent.proofs.publicJwk).toEqual(byFiles.proofs.publicJwk);
    expect(byAgent.webhookJwks).toEqual(byFiles.webhookJwks);
    expect(byAgent.webhookJwks).toHaveLength(2);
  });

  it('answers many at once, each its own question, long ones among them', async () => {
    await serve();
    const { proofs } = await load();
    const said = Array.from({ length: 40 }, (_, n) => `${n.toString()}${'x'.repeat(n * 3_000)}`);
    const signed = await Promise.all(said.map((words) => proofs.sign({ words }, { typ: 't' })));
    for (const [n, jws] of signed.entries()) {
      const { payload } = await compactVerify(jws, proofs.publicKey);
      expect(JSON.parse(Buffer.from(payload).toString())).toEqual({ words: said[n] });
    }
  });

  it('is found again once it was away, and meanwhile what needs a key fails and does not wait', async () => {
    await serve();
    const { heads } = await load();
    await stop();
    await expect(heads.sign({}, { typ: 't' })).rejects.toThrow(KeyAgentError);
    await serve();
    await compactVerify(await heads.sign({}, { typ: 't' }), heads.publicKey);
  });

  it('keeps a server from starting where there is none, or where it answers with something else', async () => {
    await expect(load()).rejects.toThrow('KEY_AGENT cannot be used: away.');
    await serveLines(() => '{"id":1,"error":"Secret words"}\n');
    await expect(load()).rejects.toThrow('KEY_AGENT cannot be used: bad_answer.');
    await stop();
    await serveLines(() => '{"id":1}\n');
    await expect(load()).rejects.toThrow('KEY_AGENT cannot be used: bad_answer.');
    await stop();
    await serveLines(() => 'x'.repeat(9 * 1024 * 1024));
    await expect(load()).rejects.toThrow('KEY_AGENT cannot be used: away.');
  });

  it('is refused where what it signs with is not what it shows', async () => {
    const one = await files();
    const other = await KeyFiles.open(join(home, 'other'), true);
    const mixed = {
      publicHalf: one.publicHalf.bind(one),
      sign: other.sign.bind(other),
      agree: one.agree.bind(one),
      blindPublicHalf: one.blindPublicHalf.bind(one),
      signBlindly: other.signBlindly.bind(other),
    };
    keep(await serveKeys(mixed, path));
    await expect(load()).rejects.toThrow('webhooks does not sign as its public half says');
    await stop();
    keep(await serveKeys({ ...mixed, sign: one.sign.bind(one), agree: other.agree.bind(other) }, path));
    await expect(load()).rejects.toThrow('sealing does not agree as its public half says');
    await stop();
    keep(await serveKeys({ ...mixed, sign: one.sign.bind(one) }, path));
    await expect(load()).rejects.toThrow('ratings does not sign as its public half says');
  });

  it('uses each key for its purpose only, and survives whatever it is asked', async () => {
    await serve();
    const agent = new KeyAgent(path);
    await expect(agent.sign('sealing', new Uint8Array(3))).rejects.toThrow('no_such_key');
    const proofs = await agent.publicHalf('proofs');
    if (!proofs) throw new Error('there is no such key');
    await expect(agent.agree('proofs', proofs)).rejects.toThrow('no_such_key');
    await expect(agent.agree('sealing', { ...proofs, y: 'A'.repeat(64) })).rejects.toThrow('bad_key');
    const { n = '' } = (await agent.blindPublicHalf('ratings')) ?? {};
    const modulus = Buffer.from(n, 'base64url');
    expect(await agent.signBlindly('ratings', modulus)).toBeUndefined();
    expect(await agent.signBlindly('ratings', modulus.subarray(1))).toBeUndefined();
    agent.close();
    const said = await new Promise<string>((resolve) => {
      let heard = '';
      const socket = connect(path, () =>
        socket.write('no JSON\n[]\n{"id":"x"}\n{"id":7,"do":"public","key":"../x"}\n'),
      );
      socket.on('data', (chunk) => {
        heard += chunk.toString();
        if (heard.split('\n').length > 4) {
          socket.destroy();
          resolve(heard);
        }
      });
    });
    expect(said.trim().split('\n').sort()).toEqual([
      '{"id":0,"error":"bad_question"}',
      '{"id":0,"error":"bad_question"}',
      '{"id":0,"error":"failed"}',
      '{"id":7,"error":"no_such_key"}',
    ]);
    await expect(serve()).rejects.toThrow(SettingsError);
  });
});

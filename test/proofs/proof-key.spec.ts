import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Promises } from '../../src/proofs/promises.js';
import { proofKeys } from '../../src/proofs/proof-keys.js';
import { verifyProof } from '../../src/vault/proof.js';
import type { ProofKeys, SignedPromise } from '../../src/vault/proof-file.js';
import { pins } from '../support/made-key-log.js';
import { KeyAgent } from '../../config/key-agent.js';
import { serveKeys } from '../../config/key-agent-server.js';
import { KeyFiles } from '../../config/key-files.js';
import { changeProofKey } from '../../config/proof-key.js';
import { loadServiceKeys, type ServiceKeys } from '../../config/service-keys.js';
import { SettingsError } from '../../config/settings.js';
import { placeRatingsKey } from '../support/service-keys.js';

let home: string;
let directory: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'proof-key-'));
  directory = join(home, 'keys');
});
afterEach(async () => {
  await rm(home, { recursive: true });
});

/** What a server that was started now holds. */
const start = async (agent?: string): Promise<ServiceKeys> => {
  await placeRatingsKey(directory);
  return loadServiceKeys(directory, { createIfMissing: true, agent });
};

const promise = (keys: ServiceKeys): Promise<SignedPromise> => new Promises(keys).sign('A'.repeat(43));

/** Whether what was saved holds by the keys that this server publishes, as a new keys file gives them. */
const holds = async (saved: SignedPromise, keys: Pick<ServiceKeys, 'proofJwks'>): Promise<boolean> => {
  const published = JSON.parse(JSON.stringify(proofKeys(keys, pins))) as ProofKeys;
  return (await verifyProof([saved], published)).holds;
};

describe('the key of promises', () => {
  it('is changed, and what earlier ones signed is checked with the keys that are published then', async () => {
    const first = await start();
    const saved = await promise(first);
    await changeProofKey(directory);
    const second = await start();
    expect(second.proofs.kid).not.toBe(first.proofs.kid);
    const later = await promise(second);
    await changeProofKey(directory);
    const third = await start();
    for (const one of [saved, later, await promise(third)]) expect(await holds(one, third)).toBe(true);
    // By the present key alone, as it was published before.
    expect(await holds(saved, { proofJwks: [third.proofs.publicJwk] })).toBe(false);
    expect(third.proofJwks.map(({ kid }) => kid)).toEqual([third, second, first].map(({ proofs }) => proofs.kid));
  });

  it('leaves nothing of an earlier one by which could be signed', async () => {
    await start();
    await changeProofKey(directory);
    const previous = JSON.parse(await readFile(join(directory, 'proofs.previous.1.jwk'), 'utf8')) as object;
    expect(previous).not.toHaveProperty('d');
    for (const name of await readdir(directory)) expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
    for (const jwk of (await start()).proofJwks) expect(jwk).not.toHaveProperty('d');
  });

  it('is changed by an agent that has the keys too', async () => {
    const first = await start();
    await changeProofKey(directory);
    const socket = join(home, 'agent.sock');
    const server = await serveKeys(await KeyFiles.open(directory, false), socket);
    const sockets: Socket[] = [];
    server.on('connection', (connection) => sockets.push(connection));
    try {
      const kids = (await start(socket)).proofJwks.map(({ kid }) => kid);
      expect(kids).toHaveLength(2);
      expect(kids[1]).toBe(first.proofs.kid);
      const agent = new KeyAgent(socket);
      await expect(agent.publicHalf('proofs.previous.2')).resolves.toBeUndefined();
      agent.close();
    } finally {
      for (const connection of sockets) connection.destroy();
      server.close();
    }
  });

  it('is not changed where there is none', async () => {
    await placeRatingsKey(directory);
    await expect(changeProofKey(directory)).rejects.toThrow(SettingsError);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { calculateJwkThumbprint, compactVerify } from 'jose';
import { openAddress, sealAddress } from '../src/vault/address.js';
import { createHmac } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { loadServiceKeys, serviceKeysOf, type ServiceKeys } from './service-keys.js';
import { loadSettings, SettingsError } from './settings.js';
import { makeServiceKeys } from '../test/support/service-keys.js';

let home: string;
let directory: string;
const make = async (): Promise<ServiceKeys> => {
  return makeServiceKeys(directory);
};
const load = (): Promise<ServiceKeys> => loadServiceKeys(directory, { createIfMissing: false });
const identity = (keys: ServiceKeys): unknown => [
  keys.proofs.publicJwk,
  keys.heads.publicJwk,
  keys.sealing.publicJwk,
  keys.webhooks.publicJwk,
  createHmac('sha256', keys.serverSecret).update('one value').digest('hex'),
];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'service-keys-'));
  directory = join(home, 'keys');
});
afterEach(async () => {
  await rm(home, { recursive: true });
});

describe('the service keys', () => {
  it('are the same at every start, in files nobody else can reach', async () => {
    const made = await make();
    expect(identity(await load())).toEqual(identity(made));
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    const files = await readdir(directory);
    expect(files.sort()).toEqual([
      'heads.jwk',
      'key-log.jwk',
      'proofs.jwk',
      'ratings.jwk',
      'sealing.jwk',
      'server-secret',
      'webhooks.jwk',
      'witness-one.jwk',
      'witness-two.jwk',
    ]);
    for (const file of files) expect((await stat(join(directory, file))).mode & 0o777).toBe(0o600);
  });

  it('are five different keys, the pairs named by their thumbprints', async () => {
    const keys = await make();
    const pairs = [keys.proofs, keys.heads, keys.sealing, keys.webhooks];
    expect(new Set(pairs.map((pair) => pair.kid)).size).toBe(4);
    for (const pair of pairs) {
      expect(pair.kid).toBe(await calculateJwkThumbprint(pair.publicJwk));
      expect(pair.publicJwk).not.toHaveProperty('d');
    }
    expect(keys.serverSecret.symmetricKeySize).toBe(32);
  });

  it('sign, verify, seal and open, and cannot be taken out', async () => {
    const keys = await make();
    const { heads, sealing } = keys;
    const words = new TextEncoder().encode('kia ora');
    const signed = await compactVerify(await heads.sign(words, { typ: 'words' }), heads.publicKey);
    expect(signed.payload).toEqual(words);
    expect(signed.protectedHeader).toEqual({ alg: 'ES384', kid: heads.kid, typ: 'words' });
    const sealed = await sealAddress({ kid: sealing.kid, jwk: sealing.publicJwk }, 'hone@home.test');
    expect(await openAddress((other) => sealing.agree(other), sealed)).toBe('hone@home.test');
    const { d } = JSON.parse(await readFile(join(directory, 'heads.jwk'), 'utf8')) as { d: string };
    expect(inspect(keys, { depth: 9, showHidden: true })).not.toContain(d);
    expect(JSON.stringify(keys)).not.toContain(d);
  });

  it('are the same for many who make them at once', async () => {
    const together = await Promise.all(Array.from({ length: 8 }, make));
    expect(new Set(together.map((keys) => JSON.stringify(identity(keys)))).size).toBe(1);
    expect(await readdir(directory)).toHaveLength(9);
  });

  it('are refused when one is missing and none may be made', async () => {
    await expect(load()).rejects.toThrow(SettingsError);
    await make();
    await rm(join(directory, 'heads.jwk'));
    await expect(load()).rejects.toThrow('SERVICE_KEYS cannot be used: heads.jwk is missing.');
  });

  it('are refused when others can reach a file or the directory', async () => {
    await make();
    for (const mode of [0o640, 0o604, 0o620, 0o610]) {
      await chmod(join(directory, 'proofs.jwk'), mode);
      await expect(load()).rejects.toThrow(/^SERVICE_KEYS cannot be used: others can reach proofs\.jwk/);
      await expect(make()).rejects.toThrow(SettingsError);
    }
    await chmod(join(directory, 'proofs.jwk'), 0o400);
    await load();
    await chmod(directory, 0o750);
    await expect(load()).rejects.toThrow(/^SERVICE_KEYS cannot be used: others can reach the directory/);
  });

  it('are refused when a file is a link, a directory or no key, without quoting it', async () => {
    const keys = await make();
    const heads = join(directory, 'heads.jwk');
    await rename(heads, join(home, 'elsewhere'));
    await symlink(join(home, 'elsewhere'), heads);
    await expect(load()).rejects.toThrow('heads.jwk cannot be read');
    await rm(heads);
    await mkdir(heads, { mode: 0o700 });
    await expect(load()).rejects.toThrow('heads.jwk is not a file');
    await rm(heads, { recursive: true });
    for (const content of ['', 'secret words', '{}', 'null', JSON.stringify(keys.heads.publicJwk)]) {
      await writeFile(heads, content, { mode: 0o600 });
      await expect(load()).rejects.toThrow('SERVICE_KEYS cannot be used: heads.jwk is not a private JWK on P-384.');
    }
    const sealing = JSON.parse(await readFile(join(directory, 'sealing.jwk'), 'utf8')) as object;
    await writeFile(heads, JSON.stringify({ ...sealing, x: 'AAAA' }));
    await expect(load()).rejects.toThrow(SettingsError);
    await rm(heads);
    await make();
    await writeFile(join(directory, 'server-secret'), 'short');
    await expect(load()).rejects.toThrow('server-secret is not 32 bytes');
  });

  it('are made under the home with the embedded database, and never where a database or a directory is named', async () => {
    const keys = await serviceKeysOf(loadSettings({ ONEDOOR_HOME: home }));
    expect(identity(await loadServiceKeys(join(home, 'service-keys'), { createIfMissing: false }))).toEqual(
      identity(keys),
    );
    await expect(serviceKeysOf(loadSettings({ SERVICE_KEYS: directory }))).rejects.toThrow(SettingsError);
    const elsewhere = { ONEDOOR_HOME: join(home, 'other'), DATABASE_URL: 'postgres://127.0.0.1/onedoor' };
    await expect(serviceKeysOf(loadSettings(elsewhere))).rejects.toThrow(SettingsError);
  });
});

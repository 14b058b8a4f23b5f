import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readProviderFile, type OpenIdProvider } from './provider-file.js';

const GOOD = {
  id: 'dia',
  name: 'Internal Affairs',
  issuer: 'https://sign-in.test/tenant',
  clientId: 'onedoor',
  clientSecretEnv: 'DIA_SECRET',
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onedoor-providers-'));
  await writeFile(join(folder, 'secret'), 'from a file\n');
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function read(text: string): Promise<readonly OpenIdProvider[]> {
  const path = join(folder, 'providers.yaml');
  await writeFile(path, text);
  return readProviderFile(path, { DIA_SECRET: 'from the environment' });
}

const readOne = (changes: object): Promise<readonly OpenIdProvider[]> =>
  read(JSON.stringify({ providers: [{ ...GOOD, ...changes }] }));

describe('the file of providers', () => {
  it('gives each with its secret, from the environment or from a file beside it', async () => {
    const [provider] = await readOne({ scopes: ['profile'], claims: { subject: 'oid', agency: 'org' } });
    expect(provider).toMatchObject({ clientSecret: 'from the environment', subjectClaim: 'oid', agencyClaim: 'org' });
    expect(provider?.scopes).toEqual(['openid', 'profile']);
    const [other] = await readOne({ clientSecretEnv: undefined, clientSecretFile: 'secret' });
    expect(other).toMatchObject({ clientSecret: 'from a file', subjectClaim: 'sub', agencyClaim: null });
  });

  it('takes http for a provider on this machine and for no other', async () => {
    expect((await readOne({ issuer: 'http://127.0.0.1:4000' }))[0]?.issuer.protocol).toBe('http:');
    for (const issuer of ['http://sign-in.test', 'ftp://sign-in.test', 'https://sign-in.test?x=1', 'nothing']) {
      await expect(readOne({ issuer })).rejects.toThrow(/the issuer of dia must be an https:\/\/ address/);
    }
  });

  it.each([
    ['an unknown key', { secret: 'x' }, /providers\.0\.secret: This field is not known here/],
    ['an id with a space', { id: 'a b' }, /providers\.0\.id: must be a short word/],
    ['no client', { clientId: undefined }, /providers\.0\.clientId/],
    ['no secret', { clientSecretEnv: undefined }, /dia needs either clientSecretFile or clientSecretEnv/],
    ['a secret that is not set', { clientSecretEnv: 'NOT_SET' }, /the client secret of dia is empty or not set/],
    ['a secret’s file that is not there', { clientSecretEnv: undefined, clientSecretFile: 'no' }, /cannot be read/],
    ['a claim that is none', { claims: { subject: 'a b' } }, /providers\.0\.claims\.subject: must be the name/],
  ])('with %s is refused in a sentence', async (_what, changes, sentence) => {
    await expect(readOne(changes)).rejects.toThrow(sentence);
    await expect(readOne(changes)).rejects.toThrow(/^OIDC_PROVIDERS cannot be used: /);
  });

  it('with two of one id, without any, or that is no file, is refused', async () => {
    await expect(read(JSON.stringify({ providers: [GOOD, GOOD] }))).rejects.toThrow(/two providers have the same id/);
    await expect(read('providers: []')).rejects.toThrow(/providers: This is too short/);
    await expect(read('a: b: c')).rejects.toThrow(/the file is not YAML/);
    expect(() => readProviderFile(join(folder, 'none'), {})).toThrow(/the file cannot be read/);
  });
});

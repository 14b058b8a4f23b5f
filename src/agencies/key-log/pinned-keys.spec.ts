import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceKeys } from '../../../config/service-keys.js';
import { loadSettings } from '../../../config/settings.js';
import { makeKeyPair } from '../../vault/keys.js';
import { pinnedKeys, type PinnedKeys } from './pinned-keys.js';
import { makeServiceKeys } from '../../../test/support/service-keys.js';

let home: string;
let keys: ServiceKeys;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'onedoor-pins-'));
  keys = await makeServiceKeys(join(home, 'keys'));
});

afterAll(() => rm(home, { recursive: true, force: true }));

async function named(witnesses: unknown): Promise<PinnedKeys> {
  const path = join(home, 'witnesses.json');
  await writeFile(path, typeof witnesses === 'string' ? witnesses : JSON.stringify(witnesses));
  return pinnedKeys(loadSettings({ KEY_WITNESSES: path }), keys);
}

const witness = async (name: string) => {
  const { jwk } = await makeKeyPair('signing');
  return { name, jwk };
};

describe('the witnesses', () => {
  it('are two of our own where none are named, and it is known that they are', async () => {
    const { own, witnesses, log } = await pinnedKeys(loadSettings({}), keys);
    expect(own).toBe(true);
    expect(witnesses).toHaveLength(2);
    expect(new Set([...witnesses.map(({ jwk }) => jwk.x), log.x]).size).toBe(3);
  });

  it('are those that are named', async () => {
    const witnesses = [await witness('Ombudsman'), await witness('A university')];
    expect(await named(witnesses)).toMatchObject({ own: false, witnesses });
  });

  it('are at least two, with a name and a public key each, and neither twice nor the log itself', async () => {
    const [one, other] = [await witness('One'), await witness('Other')];
    const { privateJwk } = await makeKeyPair('signing');
    const why = async (witnesses: unknown): Promise<string> =>
      named(witnesses).then(
        () => 'accepted',
        (error: unknown) => (error as Error).message,
      );
    expect(await why([one])).toBe('KEY_WITNESSES cannot be used: it must name at least two witnesses.');
    expect(await why([])).toContain('at least two');
    expect(await why([one, { ...one, name: 'The same' }])).toContain('names a key twice');
    expect(await why([one, other, { name: 'The log', jwk: keys.keyLog.publicJwk }])).toContain('the log itself');
    expect(await why([one, { jwk: other.jwk }])).toContain('needs a name');
    expect(await why([one, { name: 'Other', jwk: privateJwk }])).toContain('without its private part');
    expect(await why([one, { name: 'Other', jwk: { ...other.jwk, y: one.jwk.y } }])).toContain('public key on P-384');
    for (const wrong of ['', '{}', 'null', '[1, 2']) expect(await why(wrong)).toContain('KEY_WITNESSES cannot be used');
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceKeys } from './service-keys.js';
import { SettingsError } from './settings.js';
import { forgetWebhookKey, prepareWebhookKey, switchWebhookKey } from './webhook-key.js';
import { makeServiceKeys } from '../test/support/service-keys.js';

let home: string;
let directory: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'webhook-key-'));
  directory = join(home, 'keys');
});
afterEach(async () => {
  await rm(home, { recursive: true });
});

/** What a server that was started now holds. */
const start = async (): Promise<ServiceKeys> => {
  return makeServiceKeys(directory);
};

const sign = ({ webhooks }: ServiceKeys): Promise<string> => webhooks.sign({}, { typ: 'JWT' });

/** Whether a receiver that knows what this server publishes takes it. */
const verifies = (token: string, { webhookJwks }: ServiceKeys): Promise<boolean> =>
  jwtVerify(token, createLocalJWKSet({ keys: [...webhookJwks] })).then(
    () => true,
    () => false,
  );

describe('the key of webhooks', () => {
  it('is changed so that the old and the new one verify during the overlap, and the old one no longer after it', async () => {
    const before = await start();
    await prepareWebhookKey(directory);
    const prepared = await start();
    expect(prepared.webhooks.kid).toBe(before.webhooks.kid);
    expect(prepared.webhookJwks).toHaveLength(2);

    await switchWebhookKey(directory);
    const after = await start();
    expect(after.webhooks.kid).toBe(prepared.webhookJwks[1]?.kid);
    // A server not started again yet signs by the old key; a receiver may know only what was published before.
    for (const token of [await sign(prepared), await sign(after)]) {
      expect(await verifies(token, prepared)).toBe(true);
      expect(await verifies(token, after)).toBe(true);
    }

    await forgetWebhookKey(directory);
    const forgotten = await start();
    expect(await verifies(await sign(prepared), forgotten)).toBe(false);
    expect(await verifies(await sign(after), forgotten)).toBe(true);
  });

  it('leaves nothing of the last one by which could be signed', async () => {
    const { webhooks } = await start();
    await prepareWebhookKey(directory);
    await switchWebhookKey(directory);
    const previous = JSON.parse(await readFile(join(directory, 'webhooks.previous.jwk'), 'utf8')) as object;
    expect(previous).toMatchObject({ kid: webhooks.kid });
    expect(previous).not.toHaveProperty('d');
    for (const name of await readdir(directory)) expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
    for (const jwk of (await start()).webhookJwks) expect(jwk).not.toHaveProperty('d');
  });

  it('is prepared once however often that is asked, and not switched before', async () => {
    await start();
    await expect(switchWebhookKey(directory)).rejects.toThrow(SettingsError);
    await prepareWebhookKey(directory);
    const first = (await start()).webhookJwks;
    await prepareWebhookKey(directory);
    expect((await start()).webhookJwks).toEqual(first);
    await switchWebhookKey(directory);
    await expect(switchWebhookKey(directory)).rejects.toThrow(SettingsError);
    // A second change leaves two again: the last but one is forgotten.
    await prepareWebhookKey(directory);
    await switchWebhookKey(directory);
    expect((await start()).webhookJwks).toHaveLength(2);
  });
});

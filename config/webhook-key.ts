import { rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isCode, readOwn, readPublic, writeNewPair, writeOnce } from './key-files.js';
import { publishedJwk } from './service-key.js';
import { SettingsError } from './settings.js';

/** Files of the webhooks' keys; the last two are there while keys are changed. */
const WEBHOOK_KEYS = {
  current: 'webhooks.jwk',
  next: 'webhooks.next.jwk',
  previous: 'webhooks.previous.jwk',
} as const;

/*
 * The key that signs webhooks is changed in two steps, so that no receiver ever meets a signature by a key it could not
 * have known. Between the two, and after the second, both keys are published in `/api/v1/keys`. Each step counts once
 * the servers were started again.
 */

/** First step: makes the next key, which is published and does not sign yet. Does nothing where there is one. */
export async function prepareWebhookKey(directory: string): Promise<void> {
  await writeNewPair(directory, WEBHOOK_KEYS.next, 'ES384');
}

/**
 * Second step: the next key signs from now on. Of the last one only the public part is kept, by which calls that are
 * still on their way are checked; it goes away with {@link forgetWebhookKey} or with the next change.
 *
 * @throws {SettingsError} when none was prepared
 */
export async function switchWebhookKey(directory: string): Promise<void> {
  const path = (name: string): string => join(directory, name);
  await readOwn(path(WEBHOOK_KEYS.next), WEBHOOK_KEYS.next).catch((error: unknown) => {
    if (!isCode(error, 'ENOENT')) throw error;
    throw new SettingsError('SERVICE_KEYS cannot be used: no next key for webhooks was prepared.');
  });
  const current = await readOwn(path(WEBHOOK_KEYS.current), WEBHOOK_KEYS.current);
  const last = await publishedJwk(await readPublic(WEBHOOK_KEYS.current, current), 'ES384', 'sig');
  await forgetWebhookKey(directory);
  await writeOnce(directory, path(WEBHOOK_KEYS.previous), JSON.stringify(last));
  // Last, and over the old name in one stroke: at no moment is there no key, or one that was not published.
  await rename(path(WEBHOOK_KEYS.next), path(WEBHOOK_KEYS.current));
}

/** Ends the overlap: the last key is published no longer. */
export async function forgetWebhookKey(directory: string): Promise<void> {
  await unlink(join(directory, WEBHOOK_KEYS.previous)).catch((error: unknown) => {
    if (!isCode(error, 'ENOENT')) throw error;
  });
}

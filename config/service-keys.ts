import type { JWK } from 'jose';
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { isCode, KeyFiles, readOwn, readPublic, unusable } from './key-files.js';
import { sealingKey, signingKey, type SealingKey, type SigningKey } from './service-key.js';
import type { Settings } from './settings.js';

/** The keys the service itself holds; none of them opens anything a person wrote. */
export class ServiceKeys {
  constructor(
    /** Signs the promises given to people. */
    readonly proofs: SigningKey,
    /** Signs the heads of logs. */
    readonly heads: SigningKey,
    /** Opens notification addresses. */
    readonly sealing: SealingKey,
    /** 256 bits for values that must be stable and unguessable, such as the salts of unknown names. */
    readonly serverSecret: KeyObject,
    /** Signs webhooks. */
    readonly webhooks: SigningKey,
    /** Public keys by which webhooks may be checked: the one that signs now, and while it is changed the next or the last. */
    readonly webhookJwks: readonly JWK[],
  ) {}
}

const SECRET_BYTES = 32;

/** Files of the webhooks' keys; the last two are there while keys are changed (`webhook-key.ts`). */
export const WEBHOOK_KEYS = {
  current: 'webhooks.jwk',
  next: 'webhooks.next.jwk',
  previous: 'webhooks.previous.jwk',
} as const;

/**
 * Loads the service keys from a directory of mode 0700 holding one file of mode 0600 each.
 * Several processes may make them at once: each file is written whole beside its name and linked to it, which only the
 * first one can do, and everybody then reads what the first one wrote.
 *
 * @param directory where the files lie
 * @param options.createIfMissing whether a key that is not there is made
 * @throws {SettingsError} naming SERVICE_KEYS when a file is missing, can be reached by others, or is not a key
 */
export async function loadServiceKeys(
  directory: string,
  { createIfMissing }: { readonly createIfMissing: boolean },
): Promise<ServiceKeys> {
  const files = await KeyFiles.open(directory, createIfMissing);
  const webhooks = await signingKey(files, 'webhooks');
  return new ServiceKeys(
    await signingKey(files, 'proofs'),
    await signingKey(files, 'heads'),
    await sealingKey(files, 'sealing'),
    importSecret(
      await files.read('server-secret', () => Promise.resolve(randomBytes(SECRET_BYTES).toString('base64url'))),
    ),
    webhooks,
    [webhooks.publicJwk, ...(await otherWebhookJwks(directory, webhooks.kid))],
  );
}

/** The key that is to sign next, which receivers should know before it does, and the one that signed last. */
async function otherWebhookJwks(directory: string, kid: string): Promise<JWK[]> {
  const found: JWK[] = [];
  for (const name of [WEBHOOK_KEYS.next, WEBHOOK_KEYS.previous]) {
    const content = await readOwn(join(directory, name), name).catch((error: unknown) => {
      if (isCode(error, 'ENOENT')) return null;
      throw error;
    });
    if (content !== null) found.push(await readPublic(name, content, 'ES384', 'sig'));
  }
  // In the middle of a change one may stand under two names.
  return found.filter((jwk, index) => jwk.kid !== kid && found.findIndex((one) => one.kid === jwk.kid) === index);
}

/**
 * Loads the service keys the settings speak of: `SERVICE_KEYS`, or else `service-keys` under the home.
 *
 * @param createIfMissing by default only together with the embedded database; elsewhere several machines would each
 *   make their own
 * @throws {SettingsError} as {@link loadServiceKeys}
 */
export async function serviceKeysOf(
  settings: Settings,
  createIfMissing = settings.SERVICE_KEYS === undefined && settings.embedded,
): Promise<ServiceKeys> {
  return loadServiceKeys(settings.SERVICE_KEYS ?? join(settings.ONEDOOR_HOME, 'service-keys'), { createIfMissing });
}

function importSecret(content: string): KeyObject {
  const bytes = Buffer.from(content.trim(), 'base64url');
  if (bytes.length !== SECRET_BYTES) throw unusable('server-secret is not 32 bytes in base64url');
  return createSecretKey(bytes);
}

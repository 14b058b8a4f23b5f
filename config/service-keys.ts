import type { JWK } from 'jose';
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { KeyAgent, KeyAgentError } from './key-agent.js';
import { KeyFiles, unusable } from './key-files.js';
import {
  blindSigningKey,
  type BlindSigningKey,
  type KeyPlace,
  MOST_EARLIER_PROOF_KEYS,
  previousProofKey,
  publishedJwk,
  sealingKey,
  signingKey,
  type SealingKey,
  type SigningKey,
} from './service-key.js';
import { SettingsError, type Settings } from './settings.js';

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
    /** Signs the heads of the log of keys. */
    readonly keyLog: SigningKey,
    /** Sign what outsiders should sign, as long as none are named: see `KEY_WITNESSES`. */
    readonly ownWitnesses: readonly SigningKey[],
    /** Signs, without seeing them, the tokens with which people say whether they felt safe. */
    readonly ratings: BlindSigningKey,
    /** Public keys by which promises may be checked: the one that signs now, and all that did before. */
    readonly proofJwks: readonly JWK[],
  ) {}
}

const SECRET_BYTES = 32;

interface Places {
  /** Whether a key that is not there is made. */
  readonly createIfMissing: boolean;
  /** The socket of the agent that has the pairs; the server's secret lies in a file in any case. */
  readonly agent?: string | undefined;
}

/**
 * Loads the service keys, each of which has to prove that its halves belong together.
 * Several processes may make them at once: each file is written whole beside its name and linked to it, which only the
 * first one can do, and everybody then reads what the first one wrote.
 *
 * @param directory of mode 0700, holding one file of mode 0600 each
 * @throws {SettingsError} naming SERVICE_KEYS when a file is missing, can be reached by others, or is not a key
 * @throws {SettingsError} naming KEY_AGENT when the agent does not answer
 */
export async function loadServiceKeys(directory: string, { createIfMissing, agent }: Places): Promise<ServiceKeys> {
  const files = await KeyFiles.open(directory, createIfMissing);
  const secret = await files.read('server-secret', () =>
    Promise.resolve(randomBytes(SECRET_BYTES).toString('base64url')),
  );
  try {
    return await keysIn(agent === undefined ? files : new KeyAgent(agent), importSecret(secret));
  } catch (error) {
    if (!(error instanceof KeyAgentError)) throw error;
    throw new SettingsError(`KEY_AGENT cannot be used: ${error.code}.`, { cause: error });
  }
}

async function keysIn(place: KeyPlace, serverSecret: KeyObject): Promise<ServiceKeys> {
  const webhooks = await signingKey(place, 'webhooks');
  const proofs = await signingKey(place, 'proofs');
  return new ServiceKeys(
    proofs,
    await signingKey(place, 'heads'),
    await sealingKey(place, 'sealing'),
    serverSecret,
    webhooks,
    [webhooks.publicJwk, ...(await otherWebhookJwks(place, webhooks.kid))],
    await signingKey(place, 'key-log'),
    [await signingKey(place, 'witness-one'), await signingKey(place, 'witness-two')],
    await blindSigningKey(place, 'ratings'),
    [proofs.publicJwk, ...(await earlierProofJwks(place, proofs.kid))],
  );
}

/** The keys that signed promises before, the last one first. */
async function earlierProofJwks(place: KeyPlace, kid: string): Promise<JWK[]> {
  const found: JWK[] = [];
  for (let number = 1; number <= MOST_EARLIER_PROOF_KEYS; number++) {
    const half = await place.publicHalf(previousProofKey(number));
    if (!half) break;
    found.unshift(await publishedJwk(half, 'ES384', 'sig'));
  }
  // In the middle of a change one may stand under two names.
  return found.filter((jwk) => jwk.kid !== kid);
}

/** The key that is to sign next, which receivers should know before it does, and the one that signed last. */
async function otherWebhookJwks(place: KeyPlace, kid: string): Promise<JWK[]> {
  const found: JWK[] = [];
  for (const name of ['webhooks.next', 'webhooks.previous'] as const) {
    const half = await place.publicHalf(name);
    if (half) found.push(await publishedJwk(half, 'ES384', 'sig'));
  }
  // In the middle of a change one may stand under two names.
  return found.filter((jwk, index) => jwk.kid !== kid && found.findIndex((one) => one.kid === jwk.kid) === index);
}

/**
 * Loads the service keys the settings speak of: `SERVICE_KEYS`, or else `service-keys` under the home, and of the agent
 * at `KEY_AGENT` where that is set.
 *
 * @param createIfMissing by default only together with the embedded database; elsewhere several machines would each
 *   make their own
 * @throws {SettingsError} as {@link loadServiceKeys}
 */
export async function serviceKeysOf(
  settings: Settings,
  createIfMissing = settings.SERVICE_KEYS === undefined && settings.embedded,
): Promise<ServiceKeys> {
  const directory = settings.SERVICE_KEYS ?? join(settings.ONEDOOR_HOME, 'service-keys');
  return loadServiceKeys(directory, { createIfMissing, agent: settings.KEY_AGENT });
}

function importSecret(content: string): KeyObject {
  const bytes = Buffer.from(content.trim(), 'base64url');
  if (bytes.length !== SECRET_BYTES) throw unusable('server-secret is not 32 bytes in base64url');
  return createSecretKey(bytes);
}

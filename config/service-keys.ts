import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import { createSecretKey, randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, open, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { SettingsError, type Settings } from './settings.js';

/** A key pair of the service on P-384. */
export interface ServiceKey {
  /** RFC 7638 SHA-256 thumbprint of the public key, base64url. */
  readonly kid: string;
  /** The public key with its `kid`, `alg` and `use`, fit to be published. */
  readonly publicJwk: JWK;
  readonly publicKey: CryptoKey;
  /** Not extractable. */
  readonly privateKey: CryptoKey;
}

/** The keys the service itself holds; none of them opens anything a person wrote. */
export class ServiceKeys {
  constructor(
    /** Signs the promises given to people (ES384). */
    readonly proofs: ServiceKey,
    /** Signs the heads of logs (ES384). */
    readonly heads: ServiceKey,
    /** Opens notification addresses (ECDH-ES+A256KW). */
    readonly sealing: ServiceKey,
    /** 256 bits for values that must be stable and unguessable, such as the salts of unknown names. */
    readonly serverSecret: KeyObject,
    /** Signs webhooks (ES384). */
    readonly webhooks: ServiceKey,
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
  if (createIfMissing) await mkdir(directory, { recursive: true, mode: 0o700 });
  await refuseOpenDirectory(directory);
  const read = (name: string, make: () => Promise<string>): Promise<string> =>
    readOrMake(directory, name, createIfMissing ? make : undefined);
  const pair = async (name: string, alg: 'ES384' | 'ECDH-ES+A256KW', use: 'sig' | 'enc'): Promise<ServiceKey> =>
    importPair(name, await read(`${name}.jwk`, () => makePair(alg)), alg, use);
  const webhooks = await pair('webhooks', 'ES384', 'sig');
  return new ServiceKeys(
    await pair('proofs', 'ES384', 'sig'),
    await pair('heads', 'ES384', 'sig'),
    await pair('sealing', 'ECDH-ES+A256KW', 'enc'),
    importSecret(await read('server-secret', () => Promise.resolve(randomBytes(SECRET_BYTES).toString('base64url')))),
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

async function refuseOpenDirectory(directory: string): Promise<void> {
  const found = await stat(directory).catch((error: unknown) => {
    throw unusable('the directory cannot be read', error);
  });
  if (!found.isDirectory()) throw unusable('it must be a directory');
  if ((found.mode & 0o077) !== 0) throw unusable('others can reach the directory: its mode must be 0700');
}

async function readOrMake(directory: string, name: string, make?: () => Promise<string>): Promise<string> {
  const path = join(directory, name);
  try {
    return await readOwn(path, name);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
    if (!make) throw unusable(`${name} is missing`);
  }
  await writeOnce(directory, path, await make());
  return readOwn(path, name);
}

/**
 * Reads a file that nobody else can reach.
 *
 * @throws {SettingsError} when others can, or when it is no file; an error of code ENOENT when it is not there
 */
export async function readOwn(path: string, name: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: unknown) => {
    throw isCode(error, 'ENOENT') ? error : unusable(`${name} cannot be read`, error);
  });
  try {
    // The open file is asked, not the name, which could be given to another file in between.
    const found = await file.stat();
    if (!found.isFile()) throw unusable(`${name} is not a file`);
    if ((found.mode & 0o077) !== 0) throw unusable(`others can reach ${name}: its mode must be 0600`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Writes a file of mode 0600 whole, unless one of that name is there. */
export async function writeOnce(directory: string, path: string, content: string): Promise<void> {
  const temporary = join(directory, `.${randomUUID()}`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(temporary, path);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await unlink(temporary);
  }
}

/** Makes a pair on P-384 and writes its private JWK, if no file of that name is there yet. */
export async function writeNewPair(directory: string, name: string, alg: string): Promise<void> {
  await writeOnce(directory, join(directory, name), await makePair(alg));
}

async function makePair(alg: string): Promise<string> {
  const { privateKey } = await generateKeyPair(alg, { crv: 'P-384', extractable: true });
  return JSON.stringify(await exportJWK(privateKey));
}

async function importPair(name: string, content: string, alg: string, use: string): Promise<ServiceKey> {
  try {
    const { kty, crv, x, y, d } = JSON.parse(content) as Record<string, string>;
    if (kty !== 'EC' || crv !== 'P-384' || !x || !y || !d) throw new TypeError('not a private key on P-384');
    const bare = { kty, crv, x, y } as const;
    const kid = await calculateJwkThumbprint(bare);
    return {
      kid,
      publicJwk: { ...bare, kid, alg, use },
      publicKey: await importJWK(bare, alg),
      privateKey: await importJWK({ ...bare, d }, alg, { extractable: false }),
    };
  } catch {
    // Without its cause: a parser's message may quote what it could not parse.
    throw unusable(`${name}.jwk is not a private JWK on P-384`);
  }
}

/**
 * The public part of a key's file, which may hold no more than that.
 *
 * @throws {SettingsError} when it is no JWK on P-384
 */
export async function readPublic(name: string, content: string, alg: string, use: string): Promise<JWK> {
  try {
    const { kty, crv, x, y } = JSON.parse(content) as Record<string, string>;
    if (kty !== 'EC' || crv !== 'P-384' || !x || !y) throw new TypeError('not a key on P-384');
    const bare = { kty, crv, x, y } as const;
    await importJWK(bare, alg);
    return { ...bare, kid: await calculateJwkThumbprint(bare), alg, use };
  } catch {
    throw unusable(`${name} is not a JWK on P-384`);
  }
}

function importSecret(content: string): KeyObject {
  const bytes = Buffer.from(content.trim(), 'base64url');
  if (bytes.length !== SECRET_BYTES) throw unusable('server-secret is not 32 bytes in base64url');
  return createSecretKey(bytes);
}

/** Whether a thrown thing carries this code. */
export function isCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

function unusable(why: string, cause?: unknown): SettingsError {
  return new SettingsError(`SERVICE_KEYS cannot be used: ${why}.`, { cause });
}

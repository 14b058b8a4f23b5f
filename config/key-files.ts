import { exportJWK, generateKeyPair, importJWK, type CryptoKey } from 'jose';
import {
  type JsonWebKey,
  constants as cryptoConstants,
  createPrivateKey,
  generateKeyPair as generateNodeKeyPair,
  type KeyObject,
  privateDecrypt,
  randomUUID,
  webcrypto,
} from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, open, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  isPublicOnly,
  type BlindName,
  type EcPublic,
  type KeyName,
  type KeyPlace,
  type PublicName,
  type RsaPublic,
} from './service-key.js';
import { SettingsError } from './settings.js';

const CURVE = { name: 'ECDH', namedCurve: 'P-384' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-384' } as const;
const ALGORITHM: Readonly<Record<KeyName, 'ES384' | 'ECDH-ES+A256KW'>> = {
  proofs: 'ES384',
  heads: 'ES384',
  webhooks: 'ES384',
  'key-log': 'ES384',
  'witness-one': 'ES384',
  'witness-two': 'ES384',
  sealing: 'ECDH-ES+A256KW',
};

/** A directory of mode 0700 in which each key is a file of mode 0600. */
export class KeyFiles implements KeyPlace {
  private readonly pairs = new Map<KeyName, Promise<Pair>>();
  private readonly blindKeys = new Map<BlindName, Promise<KeyObject>>();

  private constructor(
    readonly directory: string,
    private readonly createIfMissing: boolean,
  ) {}

  /**
   * @param directory where the files lie
   * @param createIfMissing whether a key that is not there is made
   * @throws {SettingsError} when there is no such directory, or others can reach it
   */
  static async open(directory: string, createIfMissing: boolean): Promise<KeyFiles> {
    if (createIfMissing) await mkdir(directory, { recursive: true, mode: 0o700 });
    await refuseOpenDirectory(directory);
    return new KeyFiles(directory, createIfMissing);
  }

  async publicHalf(name: PublicName): Promise<EcPublic | undefined> {
    if (!isPublicOnly(name)) return (await this.pair(name)).publicHalf;
    const file = `${name}.jwk`;
    const content = await readOwn(join(this.directory, file), file).catch((error: unknown) => {
      if (isCode(error, 'ENOENT')) return undefined;
      throw error;
    });
    return content === undefined ? undefined : readPublic(file, content);
  }

  async sign(name: KeyName, data: Uint8Array): Promise<Uint8Array> {
    const { privateKey } = await this.pair(name);
    return new Uint8Array(await webcrypto.subtle.sign(SIGNATURE, privateKey, data));
  }

  async agree(name: KeyName, { kty, crv, x, y }: EcPublic): Promise<Uint8Array> {
    const { privateKey } = await this.pair(name);
    const other = await webcrypto.subtle.importKey('jwk', { kty, crv, x, y }, CURVE, false, []);
    return new Uint8Array(await webcrypto.subtle.deriveBits({ name: 'ECDH', public: other }, privateKey, 384));
  }

  async blindPublicHalf(name: BlindName): Promise<RsaPublic> {
    const { n = '', e = '' } = (await this.blindKey(name)).export({ format: 'jwk' });
    return { kty: 'RSA', n, e };
  }

  async signBlindly(name: BlindName, blinded: Uint8Array): Promise<Uint8Array | undefined> {
    const key = await this.blindKey(name);
    if (blinded.length * 8 !== key.asymmetricKeyDetails?.modulusLength) return undefined;
    try {
      return new Uint8Array(privateDecrypt({ key, padding: cryptoConstants.RSA_NO_PADDING }, blinded));
    } catch {
      return undefined; // not below the modulus
    }
  }

  /** What stands in a file, which is made first where it may be. */
  async read(name: string, make: () => Promise<string>): Promise<string> {
    return readOrMake(this.directory, name, this.createIfMissing ? make : undefined);
  }

  private blindKey(name: BlindName): Promise<KeyObject> {
    const known = this.blindKeys.get(name);
    if (known) return known;
    const read = this.read(`${name}.jwk`, makeRsa).then((content) => importRsa(name, content));
    this.blindKeys.set(name, read);
    return read;
  }

  /** Read once: files that are changed count from the next start. */
  private pair(name: KeyName): Promise<Pair> {
    const known = this.pairs.get(name);
    if (known) return known;
    const alg = ALGORITHM[name];
    const read = this.read(`${name}.jwk`, () => makePair(alg)).then((content) => importPair(name, content, alg));
    this.pairs.set(name, read);
    return read;
  }
}

/** At least as NZISM v3.9 asks of RSA. */
const RSA_BITS = 3_072;

/** Makes an RSA key and gives its private JWK. */
export async function makeRsa(): Promise<string> {
  const { privateKey } = await promisify(generateNodeKeyPair)('rsa', { modulusLength: RSA_BITS });
  return JSON.stringify(privateKey.export({ format: 'jwk' }));
}

function importRsa(name: string, content: string): KeyObject {
  try {
    const key = createPrivateKey({ key: JSON.parse(content) as JsonWebKey, format: 'jwk' });
    if (key.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < RSA_BITS)
      throw new TypeError('not a long RSA key');
    return key;
  } catch {
    // Without its cause: a parser's message may quote what it could not parse.
    throw unusable(`${name}.jwk is not a private RSA JWK of ${RSA_BITS.toString()} bits or more`);
  }
}

interface Pair {
  readonly publicHalf: EcPublic;
  /** Not extractable. */
  readonly privateKey: CryptoKey;
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

async function importPair(name: string, content: string, alg: string): Promise<Pair> {
  try {
    const { kty, crv, x, y, d } = JSON.parse(content) as Record<string, string>;
    if (kty !== 'EC' || crv !== 'P-384' || !x || !y || !d) throw new TypeError('not a private key on P-384');
    const publicHalf = { kty, crv, x, y } as const;
    const privateKey = await importJWK({ ...publicHalf, d }, alg, { extractable: false });
    return { publicHalf, privateKey };
  } catch {
    // Without its cause: a parser's message may quote what it could not parse.
    throw unusable(`${name}.jwk is not a private JWK on P-384`);
  }
}

/**
 * The public half out of a key's file, which may hold no more than that.
 *
 * @throws {SettingsError} when it is no JWK on P-384
 */
export async function readPublic(name: string, content: string): Promise<EcPublic> {
  try {
    const { kty, crv, x, y } = JSON.parse(content) as Record<string, string>;
    if (kty !== 'EC' || crv !== 'P-384' || !x || !y) throw new TypeError('not a key on P-384');
    const bare = { kty, crv, x, y } as const;
    await importJWK(bare, 'ES384');
    return bare;
  } catch {
    throw unusable(`${name} is not a JWK on P-384`);
  }
}

/** Whether a thrown thing carries this code. */
export function isCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

/** @param why in a few words, without what stands in a file */
export function unusable(why: string, cause?: unknown): SettingsError {
  return new SettingsError(`SERVICE_KEYS cannot be used: ${why}.`, { cause });
}

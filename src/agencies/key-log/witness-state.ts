import { exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { CompactSign } from 'jose';
import { readPublicJwk, thumbprint, type PublicJwk } from '../../vault/keys.js';
import type { CompactJws } from '../../vault/suite.js';
import type { HeadSigner } from './sign-head.js';

/** What a witness remembers: the last head it signed, and all that its next look needs to go on from there. */
export interface Seen {
  /** The key of the log, believed since the first look. */
  readonly log: PublicJwk;
  readonly head: CompactJws;
  /** The right edge of the tree over the entries, in base64url. */
  readonly edge: string;
  /** Every key that stands, as the entry that added it; and the last entry about what was lodged on a day. */
  readonly standing: readonly string[];
}

/** The state of a witness cannot be used: what is to be done about it is in the message. */
export class WitnessStateError extends Error {
  override readonly name = 'WitnessStateError';
}

/** A directory of mode 0700 in which a witness keeps its key and what it saw. Whatever ends the process, it is whole. */
export class WitnessState {
  private constructor(
    readonly directory: string,
    /** Signs for the witness; its public part is what is pinned. */
    readonly signer: HeadSigner & { readonly jwk: PublicJwk },
  ) {}

  /**
   * Opens the directory; makes it, and a key in it, where there is none.
   *
   * @throws {WitnessStateError} where others can reach it, or it holds something else
   */
  static async open(directory: string): Promise<WitnessState> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if (((await stat(directory)).mode & 0o077) !== 0) {
      throw new WitnessStateError('Others can reach the state directory: its mode must be 0700.');
    }
    const path = join(directory, 'key.jwk');
    const text = (await readOrNull(path)) ?? (await makeKey(directory, path));
    return new WitnessState(directory, await signerOf(text));
  }

  /** What was seen last; null before the first look. @throws {WitnessStateError} */
  async seen(): Promise<Seen | null> {
    const text = await readOrNull(join(this.directory, 'seen.json'));
    if (text === null) return null;
    try {
      return JSON.parse(text) as Seen;
    } catch {
      throw new WitnessStateError('seen.json in the state directory cannot be read: put it back from a copy.');
    }
  }

  /** Remembers, in place of what was seen before. Once this returns, it is on the disk. */
  async remember(seen: Seen): Promise<void> {
    await writeWhole(this.directory, 'seen.json', JSON.stringify(seen));
  }

  /** Keeps what shows that a log has two histories. @returns the name of the file */
  async keepEvidence(evidence: object): Promise<string> {
    const name = `evidence-${new Date().toISOString().replace(/[:.]/g, '-')}.json`;
    await writeWhole(this.directory, name, `${JSON.stringify(evidence, null, 2)}\n`);
    return join(this.directory, name);
  }
}

async function signerOf(text: string): Promise<HeadSigner & { readonly jwk: PublicJwk }> {
  try {
    const { kty, crv, x, y, d } = JSON.parse(text) as JWK;
    const jwk = readPublicJwk({ kty, crv, x, y });
    const kid = await thumbprint(jwk);
    const key = await importJWK({ ...jwk, d: d ?? '' }, 'ES384');
    return {
      kid,
      jwk,
      sign: (payload, { typ }) => new CompactSign(payload).setProtectedHeader({ alg: 'ES384', kid, typ }).sign(key),
    };
  } catch {
    // Without its cause, which may quote the key.
    throw new WitnessStateError('key.jwk in the state directory is not a private key on P-384.');
  }
}

/** Two at once make one key: the first whole file is linked to the name, and both read that. */
async function makeKey(directory: string, path: string): Promise<string> {
  const { privateKey } = await generateKeyPair('ES384', { extractable: true });
  const temporary = await writeAside(directory, JSON.stringify(await exportJWK(privateKey)));
  await link(temporary, path).catch((error: unknown) => {
    if (!hasCode(error, 'EEXIST')) throw error;
  });
  await unlink(temporary);
  await syncDirectory(directory);
  return readFile(path, 'utf8');
}

async function writeWhole(directory: string, name: string, text: string): Promise<void> {
  await rename(await writeAside(directory, text), join(directory, name));
  await syncDirectory(directory);
}

async function writeAside(directory: string, text: string): Promise<string> {
  const temporary = join(directory, `.${randomUUID()}`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  return temporary;
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readOrNull(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

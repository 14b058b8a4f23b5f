import { KeyDoubted, verifyReaders, type KeyPins, type ReadersProof } from '../../vault/key-heads.js';
import type { LoggedUse } from '../../vault/key-log.js';
import type { PublicKey } from '../../vault/keys.js';

declare global {
  /** By whom the log of keys is believed: set by a script of its own, whose hash is published with the others. */
  var onedoorKeyPins: KeyPins | undefined;
}

/**
 * Checks keys that the server names, before anything is sealed to them. Nothing is kept.
 *
 * @throws {KeyDoubted} where one is not in the log of keys as it must be
 */
export async function requireLogged(keys: {
  readonly proof: ReadersProof | null;
  readonly agency: string;
  readonly uses: readonly LoggedUse[];
  readonly readers: readonly PublicKey[];
}): Promise<void> {
  const { proof, agency, uses, readers } = keys;
  const pins = globalThis.onedoorKeyPins;
  if (!pins || !proof) throw new KeyDoubted('not_logged');
  await verifyReaders({ proof, pins, agency, uses, readers, now: Date.now() });
}

/** Why a key is not believed, in the words of the page; undefined for any other error. */
export function doubtIn(error: unknown, said: Readonly<Record<string, string>>): string | undefined {
  return error instanceof KeyDoubted ? said[error.doubt] : undefined;
}

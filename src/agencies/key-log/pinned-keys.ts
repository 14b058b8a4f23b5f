import { readFileSync } from 'node:fs';
import type { ServiceKeys } from '../../../config/service-keys.js';
import { SettingsError, type Settings } from '../../../config/settings.js';
import { FEWEST_WITNESSES, type KeyPins } from '../../vault/key-heads.js';
import { importPublicKey, readPublicJwk, thumbprint } from '../../vault/keys.js';

const MOST_WITNESSES = 16;
const LONGEST_NAME = 100;

/** By whom the log of keys is signed and watched, as every page is told. */
export class PinnedKeys implements KeyPins {
  constructor(
    readonly log: KeyPins['log'],
    readonly witnesses: KeyPins['witnesses'],
    /** Whether nobody outside watches: the witnesses are this service itself. */
    readonly own: boolean,
  ) {}
}

/**
 * The keys to be pinned: those that `KEY_WITNESSES` names, else two of our own.
 *
 * @throws {SettingsError} when the file does not name two different keys that are not the log's
 */
export async function pinnedKeys({ KEY_WITNESSES }: Settings, keys: ServiceKeys): Promise<PinnedKeys> {
  const log = bare(keys.keyLog.publicJwk);
  if (KEY_WITNESSES === undefined) {
    const own = keys.ownWitnesses.map(({ publicJwk }, at) => ({
      name: `OneDoor ${(at + 1).toString()}`,
      jwk: bare(publicJwk),
    }));
    return new PinnedKeys(log, own, true);
  }
  const witnesses = await readWitnesses(KEY_WITNESSES);
  const kids = new Set(await Promise.all(witnesses.map(({ jwk }) => thumbprint(jwk))));
  if (kids.has(await thumbprint(log))) throw unusable('the key of the log itself watches nobody');
  if (kids.size !== witnesses.length) throw unusable('it names a key twice');
  if (kids.size < FEWEST_WITNESSES) throw unusable('it must name at least two witnesses');
  return new PinnedKeys(log, witnesses, false);
}

async function readWitnesses(path: string): Promise<KeyPins['witnesses']> {
  let named: unknown;
  try {
    named = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // Without its cause, which may quote the file.
    throw unusable('it is not a file of JSON that can be read');
  }
  if (!Array.isArray(named) || named.length > MOST_WITNESSES)
    throw unusable('it must be a list of at most 16 witnesses');
  const read: { name: string; jwk: KeyPins['log'] }[] = [];
  for (const one of named as unknown[]) {
    const { name, jwk } = (one ?? {}) as { name?: unknown; jwk?: unknown };
    if (typeof name !== 'string' || name.trim() === '' || name.length > LONGEST_NAME) {
      throw unusable('each witness needs a name');
    }
    try {
      const key = bare(jwk);
      await importPublicKey({ kid: await thumbprint(key), jwk: key }, 'signing');
      read.push({ name, jwk: key });
    } catch {
      throw unusable('each witness needs the jwk of a public key on P-384, without its private part');
    }
  }
  return read;
}

/** The key without what else a JWK may say of it. @throws {VaultError} where it is none, or holds its private part */
function bare(jwk: unknown): KeyPins['log'] {
  const { kty, crv, x, y, ...more } = (jwk ?? {}) as Record<string, unknown>;
  return readPublicJwk(Object.hasOwn(more, 'd') ? null : { kty, crv, x, y });
}

function unusable(why: string): SettingsError {
  return new SettingsError(`KEY_WITNESSES cannot be used: ${why}.`);
}

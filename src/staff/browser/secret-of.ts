import { openPrivateKeys, resealPrivateKeys } from '../../vault/keys.js';
import { stretchPassphrase } from '../../vault/passphrase.js';
import { VaultError, type Bytes } from '../../vault/suite.js';
import type { OwnKeys, SealedKey, UnlockingWay } from '../personal-key.js';
import { unlockWith, type PasskeyWay } from './passkey.js';

/** A way in with what it unlocks with, for as long as this page is open. */
export interface OpenWay {
  readonly way: UnlockingWay;
  readonly secret: Bytes;
}

/** Ways in that are passkeys. */
export function passkeysAmong(ways: readonly UnlockingWay[]): PasskeyWay[] {
  return ways.filter((way) => way.kind === 'passkey');
}

/**
 * Asks one of some passkeys for what it unlocks with.
 *
 * @throws {NoPasskey}
 * @throws {VaultError} when it opens none of the person's keys
 */
export async function openPasskey(keys: OwnKeys, ways: readonly PasskeyWay[]): Promise<OpenWay> {
  const { way, wrappingKey } = await unlockWith(ways);
  return tried(keys, { way, secret: wrappingKey });
}

/** The same of a passphrase. @throws {VaultError} when it is another one */
export async function openPassphrase(keys: OwnKeys, passphrase: string): Promise<OpenWay> {
  const way = keys.ways.find(({ kind }) => kind === 'passphrase');
  if (!way || passphrase === '') throw new VaultError();
  const { unlock } = await stretchPassphrase({ passphrase, salt: way.salt });
  return tried(keys, { way, secret: unlock });
}

/** Every key that a way opens, sealed again under another secret. In clear they lie nowhere in between. */
export function sealedAgain({ way, secret }: OpenWay, to: Bytes): Promise<SealedKey[]> {
  const again = way.sealed.map(async ({ kid, sealedPrivate }) => ({
    kid,
    sealedPrivate: await resealPrivateKeys({ wrappingKey: secret, purpose: 'staff', sealedPrivate, to }),
  }));
  return Promise.all(again);
}

/* What was mistyped would seal the keys for nobody. */
async function tried(keys: OwnKeys, open: OpenWay): Promise<OpenWay> {
  const sealedPrivate = open.way.sealed.find(({ kid }) => kid === keys.agreement.kid)?.sealedPrivate ?? '';
  await openPrivateKeys({ wrappingKey: open.secret, purpose: 'staff', sealedPrivate });
  return open;
}

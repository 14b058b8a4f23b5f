import { regrantKey } from '../../vault/grants.js';
import type { HeldKey, PublicKey } from '../../vault/keys.js';
import { VaultError } from '../../vault/suite.js';
import type { SealedName, WithheldGrant } from './sealed-name.js';

// The same in an officer's browser and in Node.

/**
 * Grants to a colleague the key of a name that is granted to an officer.
 *
 * @param to the colleague's key, held to the log of keys
 * @throws {VaultError} where it does not open
 */
export async function withholdName(
  { id: caseId, grants }: Pick<SealedName, 'id' | 'grants'>,
  { privateKey, kid }: HeldKey,
  to: PublicKey,
): Promise<WithheldGrant> {
  const own = grants.findLast(({ key, reader }) => key === 'identity' && reader === kid);
  if (!own) throw new VaultError();
  const { epoch, jwe } = own;
  const again = await regrantKey({
    jwe,
    privateKey,
    expect: { caseId, key: 'identity', epoch, reader: kid },
    reader: to,
  });
  return { epoch, reader: to.kid, jwe: again.jwe };
}

import { regrantKey } from '../../vault/grants.js';
import type { HeldKey, PublicKey } from '../../vault/keys.js';
import type { DisclosureToGrant, GrantToColleague } from './joining.js';

// The same in an officer's browser and in Node.

/**
 * Grants to a colleague every key of a disclosure that is granted to an officer. No record names the colleague: that somebody who
 * holds the key let them in goes with it. That a key is the disclosure's, its verified epoch shows their browser, as of every
 * grant.
 *
 * @param to the colleague's key, held to the log of keys
 * @throws {VaultError} where one does not open
 */
export function regrantDisclosure(
  { id: caseId, grants }: DisclosureToGrant,
  { privateKey, kid }: HeldKey,
  to: PublicKey,
): Promise<GrantToColleague[]> {
  return Promise.all(
    grants.map(async ({ key, epoch, jwe }) => {
      const expect = { caseId, key, epoch, reader: kid };
      return { caseId, key, epoch, ...(await regrantKey({ jwe, privateKey, expect, reader: to, joins: true })) };
    }),
  );
}

import { beginEpoch } from '../../vault/epochs.js';
import type { Signer } from '../../vault/keys.js';
import { VaultError } from '../../vault/suite.js';
import { newestEpoch, type OpenKeys } from '../open-words.js';
import { keyOfMailbox, onItsWay } from '../referrals/seal-note.js';
import { deskReaders, newestRecord, requireStatement, unnamedReaders } from '../seal-words.js';
import type { NewEpoch, SealedCase } from '../sealed-case.js';

// The same in an officer's browser and in Node. What comes out holds no word in clear.

/**
 * Begins the next epoch of a case key for those of its readers who stay, and the person.
 *
 * @throws {VaultError} when this officer cannot open the newest epoch or the statement, or is not one of those who stay, or
 *   the server names somebody whom the newest epoch does not, and who did not come later, or does not stand in the log of keys
 */
export async function sealRenewal(sealed: SealedCase, opened: OpenKeys, signer: Signer): Promise<NewEpoch> {
  await requireStatement(sealed, opened);
  const newest = newestEpoch(opened, 'case');
  const previous = newestRecord(sealed, opened, 'case');
  if (!newest || previous === undefined) throw new VaultError();
  const colleagues = await deskReaders(sealed, opened);
  // Of who came later it takes a new head of the log: an old one does not say that they are still there.
  if (unnamedReaders(sealed, opened).some((kid) => opened.joined.get(kid) !== 'stands')) throw new VaultError();
  // Who is none of them would shut themself out.
  const own = new Set([opened.own.agreement.kid, ...opened.own.agency.keys()]);
  if (!colleagues.some(({ kid }) => own.has(kid))) throw new VaultError();
  const readers = [...colleagues, await keyOfMailbox(sealed, opened)];
  const held = newest.caseKey;
  return onItsWay(await beginEpoch({ caseId: sealed.id, key: 'case', readers, signer, previous, held }));
}

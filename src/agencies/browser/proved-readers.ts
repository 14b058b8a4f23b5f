import {
  KeyDoubted,
  standingFor,
  verifyReaderKids,
  verifyReaders,
  type KeyPins,
  type ReadersProof,
} from '../../vault/key-heads.js';
import { addedAmong, type AddedProof } from '../../vault/key-people.js';
import { KEEPS_NAMES, type LoggedUse } from '../../vault/key-log.js';
import type { PublicKey } from '../../vault/keys.js';
import type { KeyId } from '../../vault/suite.js';
import { custodiansAmong } from '../identity-readers.js';

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

/**
 * Checks the kids of keys that the server names, before somebody agrees to them. @throws {KeyDoubted}
 * @see requireLogged
 */
export async function requireLoggedKids(keys: {
  readonly proof: ReadersProof | null;
  readonly agency: string;
  readonly uses: readonly LoggedUse[];
  readonly kids: readonly KeyId[];
}): Promise<void> {
  const { proof, agency, uses, kids } = keys;
  const pins = globalThis.onedoorKeyPins;
  if (!pins || !proof) throw new KeyDoubted('not_logged');
  await verifyReaderKids({ proof, pins, agency, uses, kids, now: Date.now() });
}

/**
 * Who keeps names among the readers of a case, by the log of keys and not by what the server says: see `custodiansAmong`.
 *
 * @param keys.readers of the case, checked by {@link requireLogged}, without those whom the person leaves out
 * @throws {KeyDoubted}
 */
async function loggedCustodians({
  proof,
  agency,
  readers,
}: {
  readonly proof: ReadersProof | null;
  readonly agency: string;
  readonly readers: readonly PublicKey[];
}): Promise<readonly PublicKey[]> {
  const pins = globalThis.onedoorKeyPins;
  if (!pins || !proof) throw new KeyDoubted('not_logged');
  const keepers = await standingFor({ proof, pins, agency, uses: [KEEPS_NAMES], now: Date.now() });
  return custodiansAmong(readers.map(({ kid, jwk }) => ({ kid, jwk, ...(keepers.has(kid) && { custodian: true }) })));
}

/**
 * To whom the name in a disclosure goes beside the mailbox: those who keep names, or all readers where nobody does. Whom the
 * page named, the person may have trusted.
 *
 * @throws {KeyDoubted} where the page says that names are kept apart, and by the log of keys nobody there does
 */
export async function readersOfName(
  {
    proof,
    receiver,
    namesApart,
  }: { readonly proof: ReadersProof | null; readonly receiver: string; readonly namesApart: boolean },
  readers: readonly PublicKey[],
): Promise<readonly PublicKey[]> {
  const custodians = await loggedCustodians({ proof, agency: receiver, readers });
  if (namesApart && custodians.length === 0) throw new KeyDoubted('not_logged');
  return custodians.length > 0 ? custodians : readers;
}

/** Checks that keys were put into the log for an agency, whether or not they stand by now. @throws {KeyDoubted} */
export async function requireAdded(keys: {
  readonly proof: AddedProof | null;
  readonly agency: string;
  readonly uses: readonly LoggedUse[];
  readonly kids: readonly KeyId[];
}): Promise<void> {
  const pins = globalThis.onedoorKeyPins;
  const added = pins ? await addedAmong({ ...keys, pins }) : new Set();
  if (!keys.kids.every((kid) => added.has(kid))) throw new KeyDoubted('not_logged');
}

/** Why a key is not believed, in the words of the page; undefined for any other error. */
export function doubtIn(error: unknown, said: Readonly<Record<string, string | undefined>>): string | undefined {
  return error instanceof KeyDoubted ? said[error.doubt] : undefined;
}

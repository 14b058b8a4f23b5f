import { countersignedBy } from '../cases/countersigning/countersigned-by.js';
import { openedLodgings, type OpenedLodging } from '../cases/countersigning/seal-countersignature.js';
import type { ReadItem } from '../cases/open-words.js';
import type { LodgedWith, StoredItem } from '../cases/sealed-case.js';
import type { AddedProof } from '../vault/key-people.js';
import type { PublicKey } from '../vault/keys.js';
import { OPENING, type OpeningFile, type ProofFile } from '../vault/proof-file.js';
import { openOne, type OpenSide } from './open-side.js';

// The same in the person's browser and, for those without a script, on the server.

/** What the person saves: the proof, and what they wrote. */
export interface OwnProof {
  readonly proof: ProofFile;
  readonly evidence: OpeningFile;
}

/** What is needed to show who countersigned. */
interface Signers {
  readonly staffSigning: readonly PublicKey[];
  readonly signersProof: AddedProof | null;
}

/** Kinds of items that a proof is made of. */
export const PROVEN_KINDS = ['statement', 'identity', 'countersignature'] as const;

/**
 * Makes the proof of what the person lodged, from what their mailbox opens.
 *
 * @param items those of the mailbox's own case; of other kinds than {@link PROVEN_KINDS} none is looked at
 * @param find the proof of a commitment; null where nothing was lodged under it
 * @returns null where what opens is not what was lodged
 */
export async function ownProof(
  side: OpenSide,
  items: readonly StoredItem[],
  lodged: LodgedWith & Signers,
  find: (commitment: string) => Promise<ProofFile | null>,
): Promise<OwnProof | null> {
  const wanted = items.filter(({ kind }) => PROVEN_KINDS.some((one) => one === kind));
  const read = await Promise.all(wanted.map((item) => openOne(side, item)));
  for (const lodging of await openedLodgings(read, lodged)) {
    const found = await find(lodging.commitment);
    if (!found) continue;
    const countersignature = await countersignatureIn(read, lodging, lodged);
    const { promise } = found;
    return {
      proof: { ...found, countersignature },
      evidence: { format: OPENING, promise, opening: lodging.opening },
    };
  }
  return null;
}

/** Of what does not verify nothing is handed out: it would make the whole proof one that does not hold. */
async function countersignatureIn(
  read: readonly ReadItem[],
  lodging: OpenedLodging,
  { staffSigning, signersProof }: Signers,
): Promise<ProofFile['countersignature']> {
  if (!signersProof) return null;
  const { head, cosignatures } = signersProof;
  for (const { signature, key } of await countersignedBy(read, lodging, staffSigning)) {
    const entries = signersProof.entries.filter(({ entry }) => entry.includes(`"${key.kid}"`));
    if (entries.length > 0) return { signature, jwk: key.jwk, logged: { head, cosignatures, entries } };
  }
  return null;
}

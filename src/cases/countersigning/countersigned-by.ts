import { digestsOf } from '../../vault/commitment.js';
import { verifyCountersignature } from '../../vault/countersignature.js';
import type { PublicKey } from '../../vault/keys.js';
import { orNull, type CompactJws } from '../../vault/suite.js';
import type { ReadItem } from '../open-words.js';
import type { OpenedLodging } from './seal-countersignature.js';

// The same in a browser and in Node.

/** A countersignature that verifies, and whose it is. */
export interface Countersigned {
  readonly signature: CompactJws;
  readonly key: PublicKey;
}

/**
 * The countersignatures over a lodging that verify, in the order in which they were made. The server cannot look into one:
 * any that an officer's browser made wrongly is passed over, and keeps none of the others back.
 *
 * @param items those of the case, opened
 * @param keys with which staff sign there, as far as they are believed
 */
export async function countersignedBy(
  items: readonly ReadItem[],
  { commitment, opening }: OpenedLodging,
  keys: readonly PublicKey[],
): Promise<Countersigned[]> {
  const digests = await digestsOf(opening);
  const found: Countersigned[] = [];
  for (const { kind, content } of items) {
    const signature = content?.countersignature;
    if (kind !== 'countersignature' || typeof signature !== 'string') continue;
    for (const key of keys) {
      const said = await orNull(verifyCountersignature(signature, key));
      if (said?.commitment !== commitment || said.day < opening.day) continue;
      const isOfThese = said.items[0] === digests[0] && said.items.every((digest) => digests.includes(digest));
      if (isOfThese) found.push({ signature, key });
    }
  }
  return found;
}

import { sealAddress, type AddressKey } from '../../vault/address.js';
import { readersOfName, requireLogged } from '../../agencies/browser/proved-readers.js';
import type { ReadersProof } from '../../vault/key-heads.js';
import { READS } from '../../vault/key-log.js';
import type { PublicKey } from '../../vault/keys.js';
import type { LodgingOpening } from '../../vault/commitment.js';
import { sealLodging } from '../../vault/lodging.js';

/** What the page was given to seal with. */
export interface Sealing {
  readonly facets: Readonly<Record<string, string>>;
  readonly destination?: string;
  readonly delivery?: string;
  /** The agency that receives it. */
  readonly receiver: string;
  readonly readers: readonly PublicKey[];
  /** Kids of those whom the person leaves out: they are none of the readers. */
  readonly excluded: readonly string[];
  /** Whether the page says that names are kept apart, by identity custodians alone. */
  readonly namesApart: boolean;
  /** What shows that these keys are logged. */
  readonly proof: ReadersProof | null;
  readonly path: 'complaint' | 'disclosure';
  readonly day: string;
  /** Domains at which no notice may arrive. */
  readonly notAt: readonly string[];
  readonly notifyKey: AddressKey;
}

/** What the person typed; empty fields are left out. */
export type Words = Readonly<Partial<Record<string, string>>>;

/** A body ready to be sent, and the receipt that stays here until it was taken. */
export interface SealedBody {
  readonly body: string;
  readonly receipt: string;
  /** What the person may save as evidence; it stays here. */
  readonly opening: LodgingOpening;
  readonly idempotencyKey: string;
}

/**
 * Seals what was typed, in this browser, for the receiver's readers and for the person's own mailbox.
 *
 * @throws {KeyDoubted} before anything is sealed, where a reader's key is not in the log of keys as it must be
 */
export async function sealSubmission(sealing: Sealing, { identity, notify, ...words }: Words): Promise<SealedBody> {
  const { facets, destination, delivery, receiver, excluded, proof, day, path } = sealing;
  const readers = sealing.readers.filter(({ kid }) => !excluded.includes(kid));
  await requireLogged({ proof, agency: receiver, uses: READS[path], readers });
  // Of a disclosure nothing else keeps what its writer chose.
  const chosen = path === 'disclosure' && destination !== undefined ? { ...facets, destination } : facets;
  const { receipt, submission, opening } = await sealLodging({
    statement: { ...words, facets: chosen },
    ...(identity === undefined ? {} : { identity: { identity } }),
    readers,
    identityReaders: path === 'complaint' ? readers : await readersOfName(sealing, readers),
    receiver,
    day,
  });
  const sealedAddress = notify === undefined ? {} : { notify: await sealAddress(sealing.notifyKey, notify) };
  return {
    body: JSON.stringify({
      facets,
      destination,
      delivery,
      ...(excluded.length > 0 ? { excluded } : {}),
      ...submission,
      mailbox: { ...submission.mailbox, ...sealedAddress },
    }),
    receipt,
    opening,
    idempotencyKey: randomKey(),
  };
}

export function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(24))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

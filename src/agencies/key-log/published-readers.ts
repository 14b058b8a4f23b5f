import { readHead, type KeyHead } from '../../vault/key-heads.js';
import { KEEPS_NAMES, readEntry, READS, StandingKeys, type LoggedUse, type StandingKey } from '../../vault/key-log.js';
import { readPublicKey } from '../../vault/keys.js';
import { VaultError, type KeyId } from '../../vault/suite.js';
import type { ProvedReaders } from '../public-directory.controller.js';

/** To whose keys a server has senders seal for one agency. */
export type PublishedReaders = Pick<ProvedReaders, 'id' | 'readers'>;

/** Where what is published and the log do not agree. */
export interface ReaderFault {
  readonly kind:
    | 'reader_not_logged' // kid: senders are given it, and it does not stand in the log for this agency and this use
    | 'reader_withheld'; // kid: it stands in the log, and senders are not given it
  readonly subject: KeyId;
}

type Listed = PublishedReaders['readers']['disclosures'];

/** What is published, and for what it must stand in the log. */
const LISTS: readonly {
  readonly of: (readers: PublishedReaders['readers']) => Listed;
  readonly uses: readonly LoggedUse[];
}[] = [
  { of: ({ complaints }) => complaints, uses: READS.complaint },
  { of: ({ disclosures }) => disclosures, uses: READS.disclosure },
  { of: ({ disclosures }) => disclosures.filter(({ custodian }) => custodian), uses: [KEEPS_NAMES] },
];

/**
 * Compares the readers that a server publishes with its log, which is verified elsewhere: under the head that witnesses have
 * seen, since nobody else is believed by senders.
 *
 * @param entries all that the server shows, up to its newest head
 * @param witnessed the newest head that witnesses have seen; null where there is none
 */
export async function compareReaders(
  published: readonly PublishedReaders[],
  entries: readonly string[],
  witnessed: string | null,
): Promise<ReaderFault[]> {
  const seen = standingAfter(entries, witnessed === null ? 0 : readHead(witnessed).size);
  const newest = standingAfter(entries, entries.length);
  const faults: ReaderFault[] = [];
  for (const { id, readers } of published) {
    for (const { of, uses } of LISTS) {
      const given = await Promise.all(of(readers).map(kidOf));
      const stands = (keys: StandingKeys): KeyId[] => kidsFor(keys.of(id), uses);
      faults.push(
        ...given
          .filter((kid) => !stands(seen).includes(kid))
          .map((subject) => ({ kind: 'reader_not_logged' as const, subject })),
      );
      // One that was added or retired a moment ago is not due yet. And on paper alone nobody reads.
      const due = stands(seen).filter((kid) => stands(newest).includes(kid));
      const withheld = due.filter((kid) => !given.includes(kid));
      const onPaperAlone = withheld.length === due.length && isOnPaperAlone(newest.of(id), due);
      if (!onPaperAlone) faults.push(...withheld.map((subject) => ({ kind: 'reader_withheld' as const, subject })));
    }
  }
  return faults;
}

/** @throws {VaultError} where an entry is none, or does not follow those before */
function standingAfter(entries: readonly string[], size: KeyHead['size']): StandingKeys {
  const standing = new StandingKeys();
  for (const entry of entries.slice(0, size)) standing.take(readEntry(entry));
  return standing;
}

function kidsFor(keys: readonly StandingKey[], uses: readonly LoggedUse[]): KeyId[] {
  return keys.filter(({ use }) => uses.includes(use)).map(({ kid }) => kid);
}

function isOnPaperAlone(keys: readonly StandingKey[], kids: readonly KeyId[]): boolean {
  return keys.every(({ use, kid }) => !kids.includes(kid) || use === 'disclosures_recovery');
}

/** By the key itself; what is not the key that it is called is no key of the log's. */
async function kidOf({ kid, jwk }: PublishedReaders['readers']['complaints'][number]): Promise<KeyId> {
  try {
    return (await readPublicKey({ kid, jwk })).kid;
  } catch (error) {
    if (error instanceof VaultError) return `not ${kid}`;
    throw error;
  }
}

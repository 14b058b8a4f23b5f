import { commitmentOf, digestsOf, openingOf, type ClearItem, type LodgingOpening } from '../../vault/commitment.js';
import { sealItem } from '../../vault/content.js';
import { signCountersignature } from '../../vault/countersignature.js';
import type { Signer } from '../../vault/keys.js';
import type { Base64url } from '../../vault/suite.js';
import { dayBefore, nextDay } from '../../web/day.js';
import type { OpenKeys, ReadItem } from '../open-words.js';
import { writableCase } from '../seal-words.js';
import type { LodgedWith, NewItem, SealedCase } from '../sealed-case.js';

// The same in a browser and in Node.

/** What somebody opened of a lodging, and the commitment to it. */
export interface OpenedLodging {
  readonly opening: LodgingOpening;
  readonly commitment: Base64url;
}

/** What the server says of commitments to what was opened. */
export interface ComparedLodging {
  /** The one that was lodged; null where none was. */
  readonly lodged: Base64url | null;
  /** Whether it was lodged when commitments were kept already: else nobody can say. */
  readonly kept: boolean;
}

/** What the server says of a countersignature. */
export interface Countersigned {
  /** Whether it is there now. */
  readonly stored: boolean;
}

/** On how many days what was lodged on one can have been sealed. */
export const DAYS_SEALED_ON = 9;

/*
 * The day that a commitment names is that of the device which sealed. Its clock can be ahead just before midnight, and what
 * could not be sent is sent again some days later as it was sealed.
 */
function daysSealedOn(day: string): string[] {
  const days = [day, nextDay(day)];
  for (let before = dayBefore(day); days.length < DAYS_SEALED_ON; before = dayBefore(before)) days.push(before);
  return days;
}

/**
 * What was opened, as its commitment was made: sealed on the day on which it was lodged, or on one near it.
 *
 * @param items those of the case, opened as far as they open
 * @returns one for each day that it can be; none where the statement does not open
 * @throws {VaultError} where the statement is none of a lodging
 */
export async function openedLodgings(
  items: readonly ReadItem[],
  { receiver, day }: LodgedWith,
): Promise<OpenedLodging[]> {
  const clear = items.flatMap(({ id, key, kind, content }): ClearItem[] =>
    content !== null && (kind === 'statement' || kind === 'identity') ? [{ id, key, kind, content }] : [],
  );
  const statement = clear.find(({ kind }) => kind === 'statement');
  if (!statement) return [];
  const others = clear.filter((item) => item !== statement);
  return Promise.all(
    daysSealedOn(day).map(async (sealedOn) => {
      const opening = await openingOf(statement, others, { receiver, day: sealedOn });
      return { opening, commitment: await commitmentOf(opening) };
    }),
  );
}

/**
 * Countersigns what this officer opened, once it is known to be what was lodged, and seals that for those who read the case.
 *
 * @param today YYYY-MM-DD in Pacific/Auckland
 * @throws {ReadersUnknown} @throws {VaultError} where this officer cannot write on the case
 */
export async function sealCountersignature(
  sealed: SealedCase,
  opened: OpenKeys,
  signer: Signer,
  { opening, commitment }: OpenedLodging,
  today: string,
): Promise<NewItem> {
  const { caseKey, record } = writableCase(sealed, opened);
  const digests = await digestsOf(opening);
  const items = digests.filter((_digest, at) => typeof opening.items[at] !== 'string');
  const countersignature = await signCountersignature({ commitment, items, day: today, signer });
  const id = crypto.randomUUID();
  const place = { caseId: sealed.id, key: 'case', epoch: record.epoch, item: id, kind: 'countersignature' } as const;
  return { id, jwe: await sealItem({ ...place, caseKey, signer, content: { countersignature } }) };
}

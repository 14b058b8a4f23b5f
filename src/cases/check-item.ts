import type { EntityManager } from 'typeorm';
import { readItemHeader } from '../vault/content.js';
import { readEpochRecord } from '../vault/epochs.js';
import type { CaseKeyName, ItemKind } from '../vault/suite.js';
import { Conflict, Invalid } from '../web/errors.js';
import { wellFormed } from '../web/well-formed.js';
import type { NewItem } from './sealed-case.js';

/** Where a new item says it belongs. */
export interface NewItemPlace {
  readonly caseId: string;
  readonly key: CaseKeyName;
  readonly kind: ItemKind;
}

/**
 * Checks all of a new sealed item that can be checked without a key: its form, that it is for this place, and that it
 * is sealed under the newest epoch of its key. The case's row must be locked, or the epoch could close meanwhile.
 *
 * @returns the epoch
 * @throws {Invalid} when it is not sealed as it must be, or for another place
 * @throws {Conflict} `epoch_closed` when the key has moved on: the browser seals again under the newest
 */
export async function checkItem(manager: EntityManager, place: NewItemPlace, sent: NewItem): Promise<number> {
  const [newest] = await manager.query<{ epoch: number; record: string }[]>(
    `SELECT epoch, record FROM case_epochs WHERE case_id = $1 AND key = $2 ORDER BY epoch DESC LIMIT 1`,
    [place.caseId, place.key],
  );
  return checkItemUnder(newest, place, sent);
}

/** As {@link checkItem}, under an epoch that need not be stored yet. */
export async function checkItemUnder(
  newest: { readonly epoch: number; readonly record: string } | undefined,
  { caseId, key, kind }: NewItemPlace,
  sent: NewItem,
): Promise<number> {
  const header = await wellFormed(() => readItemHeader(sent.jwe), malformed);
  if (header.caseId !== caseId || header.item !== sent.id || header.kind !== kind || header.key !== key)
    throw malformed();
  if (newest?.epoch !== header.epoch) {
    throw new Conflict(
      'epoch_closed',
      'The keys of this case have changed meanwhile. Nothing was sent; send it again.',
    );
  }
  if (readEpochRecord(newest.record).commit !== header.commit) throw malformed();
  return header.epoch;
}

function malformed(): Invalid {
  return new Invalid([
    { field: 'item.jwe', code: 'malformed', message: 'This is not sealed as it must be, or belongs to another case.' },
  ]);
}

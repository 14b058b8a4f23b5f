import { writableByPerson } from '../cases/open-words.js';
import type { NewItem } from '../cases/sealed-case.js';
import { sealItem } from '../vault/content.js';
import type { OpenSide } from './open-side.js';

/**
 * Seals what the person says under the newest case key, as `{ text }`, signed by the mailbox.
 *
 * @param id the item's id, chosen by whoever writes, so that sending twice adds once
 * @throws {ReadersUnknown} where others would read it than those whom the person has agreed to, or none of those whom they
 *   agreed to last
 * @throws {VaultError} where this mailbox cannot open the newest case key
 * @throws {ContentTooLong} where the text is more than one item holds
 */
export async function sealMessage(side: OpenSide, id: string, text: string): Promise<NewItem> {
  const newest = writableByPerson(side.opened);
  const place = { caseId: side.caseId, key: 'case', epoch: newest.record.epoch, item: id, kind: 'message' } as const;
  return {
    id,
    jwe: await sealItem({ ...place, caseKey: newest.caseKey, content: { text }, signer: side.keys.signing }),
  };
}

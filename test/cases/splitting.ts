import { readItem, type ReadItem } from '../../src/cases/open-words.js';
import { mayBePassedOn, sealPart, type Chosen } from '../../src/cases/seal-part.js';
import { sealReply } from '../../src/cases/seal-words.js';
import type { NewItem } from '../../src/cases/sealed-case.js';
import type { NewPart } from '../../src/cases/sealed-part.js';
import type { Answer } from './desk.js';
import type { AtDesk } from './handing-on.js';
import { fetchSealed, type LodgedCase } from './sealed-cases.js';

/** A case or a part of one. */
export type AnyCase = Pick<LodgedCase, 'id'>;

/** What an officer's browser seals of a case for a part of it: all that may be passed on, or what `choose` makes of it. */
export async function sealedPart(
  by: AtDesk,
  { id }: AnyCase,
  choose: (all: readonly Chosen[]) => readonly Chosen[] = (all) => all,
): Promise<NewPart> {
  const keys = await by.keys();
  const { sealed, opened } = await fetchSealed(by.client, id, keys);
  const chosen = choose(sealed.items.filter(mayBePassedOn).map((item) => ({ item })));
  return sealPart({ sealed, items: sealed.items, opened, signer: keys.signing, chosen });
}

/** Sends a part; gives it where it was made. */
export function sendPart(by: AtDesk, { id }: AnyCase, part: object): Promise<Answer> {
  return by.client.post(`/staff/api/cases/${id}/parts`, part);
}

/** Splits a part off a case and gives it. */
export async function split(
  by: AtDesk,
  whole: AnyCase,
  choose?: (all: readonly Chosen[]) => readonly Chosen[],
): Promise<AnyCase> {
  const part = await sealedPart(by, whole, choose);
  const { status, text } = await sendPart(by, whole, part);
  if (status !== 204) throw new Error(`No part was made: ${status.toString()} ${text}`);
  return { id: part.part };
}

/** A reply as an officer's browser seals it. */
export async function sealedReply(by: AtDesk, { id }: AnyCase, text: string): Promise<NewItem> {
  const keys = await by.keys();
  const { sealed, opened } = await fetchSealed(by.client, id, keys);
  return sealReply(sealed, opened, keys.signing, text);
}

/** Closes a case with an outcome and a final answer. */
export async function close(
  by: AtDesk,
  of: AnyCase,
  outcome = 'upheld',
  text: string | null = 'We looked at it.',
): Promise<Answer> {
  const item = text === null ? {} : { item: await sealedReply(by, of, text) };
  return by.client.post(`/staff/api/cases/${of.id}/closing`, { outcome, ...item });
}

/** Every item of a case as an officer reads it. */
export async function itemsRead(by: AtDesk, { id }: AnyCase): Promise<ReadItem[]> {
  const { sealed, opened } = await fetchSealed(by.client, id, await by.keys());
  return Promise.all(sealed.items.map((item) => readItem(id, item, opened)));
}

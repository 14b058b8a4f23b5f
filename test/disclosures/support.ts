import { aMonthAfter } from '../../src/clocks/months.js';
import { sealNote } from '../../src/cases/seal-words.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import type { Answer } from '../cases/desk.js';
import type { AtDesk } from '../cases/handing-on.js';
import { fetchSealed } from '../cases/sealed-cases.js';
import type { AnyCase } from '../cases/splitting.js';

/** What an officer's browser sends when they looked at how the person is supported. */
export async function sealedReview(
  by: AtDesk,
  of: AnyCase,
  number: number,
  text = 'Assessment of the risk\n\nHow likely is it?\nHigh',
  nextOn: string | null = aMonthAfter(todayInAuckland()),
): Promise<Readonly<Record<string, unknown>>> {
  const keys = await by.keys();
  const { sealed, opened } = await fetchSealed(by.client, of.id, keys);
  const note = await sealNote(sealed, opened, keys.signing, text);
  return { id: crypto.randomUUID(), number, ...note, ...(nextOn === null ? {} : { nextOn }) };
}

/** Sends it as it was sealed. */
export function sendReview(by: AtDesk, { id }: AnyCase, kind: string, review: object): Promise<Answer> {
  return by.client.post(`/staff/api/cases/${id}/support/${kind}`, review);
}

/** Writes what closing asks for: the risk, and a plan. */
export async function support(by: AtDesk, of: AnyCase): Promise<void> {
  for (const [at, kind] of ['assessment', 'plan'].entries()) {
    const { status, text } = await sendReview(by, of, kind, await sealedReview(by, of, at + 1));
    if (status !== 204) throw new Error(text);
  }
}

import { isQuestion } from '../journey.js';
import type { Draft } from './put-aside-draft.js';

/** The way back did not lead to where words are written: something there is not as it was. */
class WayChanged extends Error {}

/**
 * Gives the answers again through the ordinary door, one after the other as a person would, so that the server checks and
 * decides as ever. No word goes with them.
 *
 * @param token of a form of ours
 * @returns the page where the words are written, as HTML
 * @throws {Error} where it is not reached, or the server not at all
 */
export async function answerAgain(token: string, { facets, destination, delivery, excluded }: Draft): Promise<string> {
  const send = async (path: string, fields: readonly (readonly [string, string])[]): Promise<void> => {
    const body = new URLSearchParams([['_csrf', token], ...fields.map(([name, value]) => [name, value])]);
    if (!(await fetch(path, { method: 'POST', body })).ok) throw new WayChanged();
  };
  const { danger = '', classified = '' } = facets;
  await send('/start/classified', [
    ['danger', danger],
    ['classified', classified],
  ]);
  for (const [name, answer] of Object.entries(facets)) {
    if (isQuestion(name)) await send(`/questions/${name}`, [['answer', answer]]);
  }
  await send('/decision', [
    ['destination', destination ?? ''],
    ['way', delivery === 'triage_desk' ? 'triage_desk' : 'send'],
    ...excluded.map((kid) => ['excluded', kid] as const),
  ]);
  const page = await fetch('/write');
  if (!page.ok || new URL(page.url).pathname !== '/write') throw new WayChanged();
  return page.text();
}

import { isQuestion } from '../journey.js';
import type { Draft } from './put-aside-draft.js';
import { fetchPage, type FetchedPage } from './turn-page.js';

/** The way back did not lead to where words are written: something there is not as it was. */
class WayChanged extends Error {}

type Send = (path: string, fields: readonly (readonly [string, string])[]) => Promise<void>;

/** Sends forms of ours, in turn. @param token of one of them @throws {WayChanged} where one is not taken */
function sender(token: string): Send {
  return async (path, fields) => {
    const body = new URLSearchParams([['_csrf', token], ...fields.map(([name, value]) => [name, value])]);
    if (!(await fetch(path, { method: 'POST', body })).ok) throw new WayChanged();
  };
}

/**
 * Answers the gates and the questions again through the ordinary door, one after the other as a person would, so that the
 * server checks and decides as ever. No word goes with them.
 *
 * @param token of a form of ours
 * @throws {Error} where one is not taken as it was, or the server is not reached at all
 */
export async function answerQuestionsAgain(token: string, facets: Draft['facets']): Promise<void> {
  const send = sender(token);
  const { danger = '', classified = '' } = facets;
  await send('/start/classified', [
    ['danger', danger],
    ['classified', classified],
  ]);
  for (const [name, answer] of Object.entries(facets)) {
    if (isQuestion(name)) await send(`/questions/${name}`, [['answer', answer]]);
  }
}

/**
 * Goes the whole way again to where the words are written, as {@link answerQuestionsAgain} does, with what was chosen.
 *
 * @throws {Error} where it is not reached, or the server not at all
 */
export async function answerAgain(
  token: string,
  { facets, destination, delivery, excluded }: Draft,
): Promise<FetchedPage> {
  await answerQuestionsAgain(token, facets);
  await sender(token)('/decision', [
    ['destination', destination ?? ''],
    ['way', delivery === 'triage_desk' ? 'triage_desk' : 'send'],
    ...excluded.map((kid) => ['excluded', kid] as const),
  ]);
  const page = await fetchPage('/write');
  if (page.path !== '/write') throw new WayChanged();
  return page;
}

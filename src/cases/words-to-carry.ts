import { dayInWords } from '../web/day.js';
import type { ReadItem } from './open-words.js';

/** The fields of the form where one writes that words are carried into. */
const CARRIED = ['whatHappened', 'outcomeSought', 'who', 'when', 'where', 'identity'] as const;

/** Words of one case, to begin another with. */
export type WordsToCarry = Readonly<Partial<Record<(typeof CARRIED)[number], string>>>;

/**
 * What the person said in a case, to begin another with: what they added later stands below what they said first. Items that
 * do not open are left out.
 *
 * @param from the first line, which says where it is from
 */
export function wordsToCarry(from: string, items: readonly ReadItem[], lang: 'en' | 'mi'): WordsToCarry {
  const own = items.filter(({ author }) => author === 'person');
  const lodged = Object.fromEntries(
    own
      .filter(({ kind }) => kind === 'statement' || kind === 'identity')
      .flatMap(({ content }) => Object.entries(content ?? {})),
  );
  const said = Object.fromEntries(
    CARRIED.flatMap((field) => (isSaid(lodged[field]) ? [[field, lodged[field]]] : [])),
  ) as WordsToCarry;
  const added = own.flatMap(({ kind, madeOn, content }) =>
    kind === 'message' && isSaid(content?.text) ? [`${dayInWords(madeOn, lang)}: ${content.text}`] : [],
  );
  return { ...said, whatHappened: [from, said.whatHappened ?? '', ...added].join('\n\n') };
}

/** The answers before the words, as they are sealed with them; empty where there are none. */
export function facetsCarried(items: readonly ReadItem[]): Readonly<Record<string, string>> {
  const facets = items.find(({ author, kind }) => author === 'person' && kind === 'statement')?.content?.facets;
  if (typeof facets !== 'object' || facets === null) return {};
  return Object.fromEntries(Object.entries(facets).filter((entry): entry is [string, string] => isSaid(entry[1])));
}

function isSaid(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

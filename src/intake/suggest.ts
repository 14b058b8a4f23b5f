import MiniSearch from 'minisearch';

// The same in the browser and in Node. What is typed goes in and comes out nowhere: there is no line to a server here.

/** Something that can be suggested. */
export interface Suggestion {
  readonly code: string;
  readonly label: string;
}

/** The same with what it may be found by. */
export interface Findable extends Suggestion {
  /** Its names and everyday words for it, in English and te reo Māori. */
  readonly words: readonly string[];
  /** Longer texts about it, which count less. */
  readonly about: readonly string[];
}

/** Most suggestions shown: more would be the list again. */
export const MOST_SUGGESTIONS = 5;
/** Characters looked at: a description in a few sentences. */
const LONGEST = 500;
/** A hit far weaker than the best one is a word in passing. */
const FAR_WEAKER = 0.3;

/** Words that stand in every description and tell nothing. */
const EMPTY = new Set(
  (
    'a about after all also am an and any are as at be because been but by can could did do does for from get got had has ' +
    'have he her him his how i if in is it its just me my no not of on or our out she so some than that the their them ' +
    'then there they this to up us was we were what when which who why will with would you your ' +
    'te he ko nga i ki o a me ka e hoki mo no na ma taku toku au ahau'
  ).split(' '),
);

/**
 * Makes a search over what can be suggested: by words and their beginnings, forgiving a slip of the finger, without
 * regard to capitals and macrons.
 *
 * @returns the best few for what somebody typed, best first; none where nothing fits
 */
export function suggester(all: readonly Findable[]): (typed: string) => Suggestion[] {
  const search = new MiniSearch<Findable>({
    idField: 'code',
    fields: ['label', 'words', 'about'],
    extractField: (entry, field) => {
      if (field === 'words') return entry.words.join(' ; ');
      return field === 'about' ? entry.about.join(' ; ') : field === 'label' ? entry.label : entry.code;
    },
    processTerm: plain,
  });
  search.addAll(all);
  const byCode = new Map(all.map((entry) => [entry.code, entry]));
  return (typed) => {
    const hits = search.search(typed.slice(0, LONGEST), {
      boost: { label: 2, words: 2 },
      prefix: (term) => term.length >= 3,
      fuzzy: (term) => (term.length >= 5 ? 0.2 : false),
      weights: { fuzzy: 0.3, prefix: 0.6 },
    });
    const best = hits[0]?.score ?? 0;
    return hits
      .filter(({ score }) => score >= best * FAR_WEAKER)
      .slice(0, MOST_SUGGESTIONS)
      .flatMap(({ id }) => {
        const found = byCode.get(String(id));
        return found ? [{ code: found.code, label: found.label }] : [];
      });
  };
}

/** A word without capitals, macrons and the plural's ending; null for one that tells nothing. */
function plain(word: string): string | null {
  const bare = word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  if (bare.length < 2 || EMPTY.has(bare)) return null;
  return bare.length > 4 ? bare.replace(/(?<=[^s])s$/, '') : bare;
}

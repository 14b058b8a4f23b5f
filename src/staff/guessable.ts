import { COMMON_PASSWORDS } from './common-passwords.js';

/** So few pieces of what everybody guesses first are no passphrase, however long. */
const FEWEST_PIECES = 4;
const LONGEST_WORD = 24;
const SHORTEST_WORD = 3;

const ROWS = ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'abcdefghijklmnopqrstuvwxyz'];
const WALKS = ROWS.flatMap((row) => [row + row, reversed(row + row)]);
const LOOKS_LIKE: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

let common: ReadonlySet<string> | undefined;

/**
 * Whether a passphrase is put together of a few things that are guessed first: passwords from leaks, also in disguise,
 * rows of keys, rows of letters or digits, one thing over and over, and what is known about the person.
 *
 * @param known what may be known: username, agency, the name of this service
 */
export function isGuessable(passphrase: string, known: readonly string[]): boolean {
  const folded = fold(passphrase);
  if (isRepeated(folded)) return true;
  const own = known.map(plain).filter((word) => word.length >= SHORTEST_WORD);
  return [plain(folded), plain(undisguised(folded))].some(
    (text) => isRepeated(text) || pieces(text, own) < FEWEST_PIECES,
  );
}

/** How many pieces it takes to write the text; a character that belongs to nothing is a piece. */
function pieces(text: string, own: readonly string[]): number {
  const characters = Array.from(text);
  const fewest = [0];
  for (let end = 1; end <= characters.length; end++) {
    let best = (fewest[end - 1] ?? 0) + 1;
    for (let start = Math.max(0, end - LONGEST_WORD); start <= end - SHORTEST_WORD; start++) {
      const before = fewest[start] ?? 0;
      if (before + 1 < best && isKnown(characters.slice(start, end).join(''), own)) best = before + 1;
    }
    fewest.push(best);
  }
  return fewest.at(-1) ?? 0;
}

function isKnown(piece: string, own: readonly string[]): boolean {
  common ??= new Set(COMMON_PASSWORDS.split(' '));
  return common.has(piece) || own.includes(piece) || isRepeated(piece) || WALKS.some((walk) => walk.includes(piece));
}

/** Whether a text is a shorter one over and over. */
function isRepeated(text: string): boolean {
  return text.length > 1 && (text + text).indexOf(text, 1) < text.length;
}

function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

function plain(text: string): string {
  return fold(text).replace(/[^\p{L}\p{N}]/gu, '');
}

function undisguised(text: string): string {
  return Array.from(text, (character) => LOOKS_LIKE[character] ?? character).join('');
}

function reversed(text: string): string {
  return Array.from(text).reverse().join('');
}

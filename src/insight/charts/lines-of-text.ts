import { TEXT } from './picture.js';

const NARROW = /[iljtfrI.,:;'|!()[\]’‘ -]/;
const WIDE = /[mwMW@%–—]/;
const CAPITAL = /[A-Z0-9<>+=]/;

/**
 * Roughly how wide a text is, in the picture's units. Nobody knows what font will draw it: this is for the widest of those
 * that pages name, so that text ends sooner than it might rather than being cut off.
 */
export function widthOf(text: string): number {
  let ems = 0;
  // A vowel is as wide with its macron as without.
  for (const letter of text.normalize('NFD').replace(/\p{M}/gu, '')) {
    ems += NARROW.test(letter) ? 0.4 : WIDE.test(letter) ? 0.98 : CAPITAL.test(letter) ? 0.7 : 0.62;
  }
  return ems * TEXT;
}

/**
 * Breaks a text into lines that are no wider than that, between words; a word that is wider by itself is broken inside.
 *
 * @param width in the picture's units, of several letters at least
 */
export function linesOf(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).flatMap((one) => pieces(one, width))) {
    const line = lines.at(-1);
    const longer = line === undefined ? word : `${line} ${word}`;
    if (line !== undefined && widthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function pieces(word: string, width: number): string[] {
  if (widthOf(word) <= width) return word === '' ? [] : [word];
  const letters = Array.from(word);
  let end = letters.length - 1;
  while (end > 1 && widthOf(letters.slice(0, end).join('')) > width) end--;
  return [letters.slice(0, end).join(''), ...pieces(letters.slice(end).join(''), width)];
}

import type { Directory } from '../agencies/directory.js';
import { FINDING_CODES } from '../vault/proof.js';
import type { Language, Translate } from '../web/translations.js';

/** Names of what a finding may have a value of. */
const VALUES = ['receiver', 'day', 'on', 'at', 'agency'];

/** The sentence of every finding, with `{name}` where a value belongs: the same for the page and for the command. */
export function findingSentences(t: Translate): Record<string, string> {
  const places = Object.fromEntries(VALUES.map((name) => [name, `{${name}}`]));
  return Object.fromEntries(FINDING_CODES.map((code) => [code, t(`proof.says.${code}`, places)]));
}

/** Names of agencies by their ids, which are all that a proof holds. */
export function namesIn(directory: Directory, lang: Language): Record<string, string> {
  return Object.fromEntries(directory.all().map(({ id }) => [id, directory.nameOf(id, lang)]));
}

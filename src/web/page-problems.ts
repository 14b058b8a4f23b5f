import type { FieldError } from './errors.js';
import type { Translate } from './translations.js';

/** What a page needs to show what is wrong: the list at the top, and the sentence beside each field. */
export interface PageProblems {
  readonly list: readonly { readonly text: string; readonly href: string }[];
  readonly of: Readonly<Record<string, { readonly text: string }>>;
}

/**
 * Puts field errors on a page, in its language where the catalogue has `web.fields.<code>`.
 *
 * @param fields of an `Invalid`
 * @param t of the request
 */
export function pageProblems(fields: readonly FieldError[], t: Translate): PageProblems {
  const said = fields.map(({ field, code, message }) => {
    const key = `web.fields.${code}`;
    const text = t(key);
    return { field, text: text === key ? message : text };
  });
  return {
    list: said.map(({ field, text }) => ({ text, href: `#${field}` })),
    of: Object.fromEntries(said.map(({ field, text }) => [field, { text }])),
  };
}

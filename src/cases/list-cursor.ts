import { isUuid } from '../vault/form.js';
import { isDay } from '../web/day.js';
import { Invalid } from '../web/errors.js';

/** Where a page of a list ends. */
export interface ListCursor {
  /** YYYY-MM-DD */
  readonly day: string;
  readonly id: string;
}

/** The place as it stands in an address: opaque, so that nobody builds on what is in it. */
export function writeCursor({ day, id }: ListCursor): string {
  return Buffer.from(`${day}~${id}`).toString('base64url');
}

/**
 * Reads {@link writeCursor} back.
 *
 * @throws {Invalid} when it is nothing that we wrote
 */
export function readCursor(text: string): ListCursor {
  const [day = '', id] = Buffer.from(text, 'base64url').toString('latin1').split('~');
  if (!isDay(day) || !isUuid(id) || writeCursor({ day, id }) !== text) {
    throw new Invalid([{ field: 'after', code: 'invalid', message: 'Go to the first page and on from there.' }]);
  }
  return { day, id };
}

/** A page of a list. */
export interface ListPage<T> {
  readonly rows: readonly T[];
  /** Where the next page begins; null on the last. */
  readonly after: string | null;
}

/** A page of what was found. @param found one more than `most`, where there is more */
export function pageOf<T>(found: readonly T[], most: number, placeOf: (last: T) => ListCursor): ListPage<T> {
  const rows = found.slice(0, most);
  const last = found.length > most ? rows.at(-1) : undefined;
  return { rows, after: last ? writeCursor(placeOf(last)) : null };
}

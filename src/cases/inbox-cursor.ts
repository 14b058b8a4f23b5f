import { Invalid } from '../web/errors.js';

/** Where a page of a list ends. */
export interface InboxCursor {
  /** YYYY-MM-DD */
  readonly lodgedOn: string;
  readonly id: string;
}

const PLACE = /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))~([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** The place as it stands in an address: opaque, so that nobody builds on what is in it. */
export function writeCursor({ lodgedOn, id }: InboxCursor): string {
  return Buffer.from(`${lodgedOn}~${id}`).toString('base64url');
}

/**
 * Reads {@link writeCursor} back.
 *
 * @throws {Invalid} when it is nothing that we wrote
 */
export function readCursor(text: string): InboxCursor {
  const [, lodgedOn, id] = PLACE.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  // A day such as 31 February passes the pattern, and PostgreSQL would refuse it.
  if (lodgedOn === undefined || id === undefined || !isDay(lodgedOn) || writeCursor({ lodgedOn, id }) !== text) {
    throw new Invalid([{ field: 'after', code: 'invalid', message: 'Go to the first page and on from there.' }]);
  }
  return { lodgedOn, id };
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

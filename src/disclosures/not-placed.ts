import { Conflict } from '../web/errors.js';

/** Nobody has the disclosure yet. */
export function notPlaced(): Conflict {
  return new Conflict('not_placed', 'This case is still being placed. Try again in a moment.');
}

import type { Puzzle } from './puzzles.js';

/** One thing wrong with what was sent: the field's path, a stable code, a sentence for people. */
export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/**
 * An error of a kind. Verbs throw it; the one filter in `web/` turns it into a page or into RFC 9457 problem details.
 * Messages are written for the person who reads them and never repeat what was sent.
 */
export abstract class KnownError extends Error {
  abstract readonly status: number;
  abstract readonly code: string;
  readonly fields: readonly FieldError[] = [];
}

/** Nothing there, or nothing this actor may know of: the two look the same. */
export class NotFound extends KnownError {
  readonly status = 404;
  readonly code = 'not_found';
}

/** The actor may not; shown as not found, kept apart so that the refusal can be audited. */
export class Forbidden extends KnownError {
  readonly status = 404;
  readonly code = 'not_found';
}

/** The thing has moved on, or was said before in other words. */
export class Conflict extends KnownError {
  readonly status = 409;
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** So that an answer stays small however much was wrong. */
const MOST_NAMED = 20;

/** What was sent cannot be used; each wrong field is named, up to twenty. */
export class Invalid extends KnownError {
  readonly status = 422;
  readonly code: string = 'invalid';
  override readonly fields: readonly FieldError[];
  constructor(fields: readonly FieldError[], message = 'Some of what was sent cannot be used.') {
    super(message);
    this.fields = fields.slice(0, MOST_NAMED);
  }
}

/** The routing decision is to stop: nothing may be written down here, and nothing was stored. */
export class Stopped extends Invalid {
  override readonly code = 'stopped';
}

/** Signing in is needed first. */
export class Unauthorised extends KnownError {
  readonly status = 401;
  readonly code = 'sign_in';
}

/** Too much was tried in too short a time; `retryAfter` in seconds, or at once with `work` done. */
export class TooMany extends KnownError {
  readonly status = 429;
  readonly code = 'too_many';
  constructor(
    readonly retryAfter: number,
    readonly work?: Puzzle,
  ) {
    super('Too many tries. Please wait a little and try again.');
  }
}

/** The request was turned away before any verb saw it: its size, its form, where it came from. */
export class Refused extends KnownError {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

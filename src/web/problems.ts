import { HttpException } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';
import { type FieldError, KnownError, TooMany } from './errors.js';
import type { Puzzle } from './puzzles.js';

/** An error as it is told to whoever asked: nothing of a stack, a driver or what was sent. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly fields: readonly FieldError[];
  /** Seconds. */
  readonly retryAfter?: number;
  /** What a script may do instead of waiting. */
  readonly work?: Puzzle;
}

type Told = Pick<Problem, 'code' | 'message'>;

/** What Fastify and Nest refuse by themselves, in our words: theirs name the URL. */
const BY_CODE: Readonly<Record<string, Told>> = {
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'not_json', message: 'The body is empty; JSON was expected.' },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: 'not_json', message: 'The body is not JSON that can be read.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { code: 'bad_length', message: 'The body is not as long as its header says.' },
  FST_ERR_BAD_URL: { code: 'bad_url', message: 'The address cannot be read.' },
};

const BY_STATUS: Readonly<Record<number, Told>> = {
  400: { code: 'bad_request', message: 'The request cannot be read.' },
  401: { code: 'sign_in', message: 'Please sign in first.' },
  404: { code: 'not_found', message: 'There is nothing here.' },
  405: { code: 'method', message: 'This cannot be done here.' },
  408: { code: 'too_slow', message: 'The request took too long to arrive.' },
  413: { code: 'too_large', message: 'What was sent is too large.' },
  414: { code: 'bad_url', message: 'The address is too long.' },
  415: { code: 'media_type', message: 'Send JSON, or a form as browsers send it.' },
  429: { code: 'too_many', message: 'Too many tries. Please wait a little and try again.' },
  431: { code: 'headers_too_large', message: 'The headers of the request are too large.' },
  503: { code: 'unavailable', message: 'The service is not available right now.' },
};

const UNKNOWN: Problem = { status: 500, code: 'unexpected', message: 'Something went wrong on our side.', fields: [] };

/** Puts any error into words that are safe to say; what is not known becomes a 500 that says nothing. */
export function problemOf(error: unknown): Problem {
  if (error instanceof TooMany) {
    return { ...known(error), retryAfter: error.retryAfter, ...(error.work ? { work: error.work } : {}) };
  }
  if (error instanceof KnownError) return known(error);
  const status = statusOf(error);
  if (status === undefined) return UNKNOWN;
  // Forbidden and missing look the same.
  const shown = status === 403 ? 404 : status;
  const told = BY_CODE[codeOf(error)] ?? BY_STATUS[shown] ?? BY_STATUS[400];
  return told === undefined ? UNKNOWN : { status: shown, ...told, fields: [] };
}

/** RFC 9457, with the code, the fields and the id under which the log knows of it. */
export function problemDetails(problem: Problem, correlation: string): Record<string, unknown> {
  return {
    type: 'about:blank',
    title: STATUS_CODES[problem.status] ?? 'Error',
    status: problem.status,
    detail: problem.message,
    code: problem.code,
    errors: problem.fields,
    correlation,
    ...(problem.work ? { work: problem.work } : {}),
  };
}

function known(error: KnownError): Problem {
  const { status, code, fields } = error;
  const message = error.message === '' ? (BY_STATUS[status]?.message ?? UNKNOWN.message) : error.message;
  // Whatever was missing or forbidden, the answer is the same to the letter.
  return { status, code, message: status === 404 ? (BY_STATUS[404]?.message ?? message) : message, fields };
}

function statusOf(error: unknown): number | undefined {
  const status: unknown =
    error instanceof HttpException
      ? error.getStatus()
      : error instanceof Error && 'statusCode' in error
        ? error.statusCode
        : undefined;
  return typeof status === 'number' && status >= 400 && (status < 500 || status === 503) ? status : undefined;
}

function codeOf(error: unknown): string {
  const cause = error instanceof HttpException ? error.cause : error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}

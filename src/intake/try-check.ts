import type { FastifyReply } from 'fastify';
import { Invalid } from '../web/errors.js';
import { pageProblems, type PageProblems } from '../web/page-problems.js';
import { check } from '../web/validation.js';
import { requestText } from '../web/views.js';

/** Checks a form; what is wrong comes back as sentences for the page that shows it again. */
export function tryCheck<T extends object>(
  type: new () => T,
  body: unknown,
  reply: FastifyReply,
): { readonly value?: T; readonly problems?: PageProblems } {
  try {
    return { value: check(type, body) };
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return { problems: pageProblems(error.fields, requestText(reply).t) };
  }
}

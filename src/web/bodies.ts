import type { FastifyInstance } from 'fastify';
import { Refused } from './errors.js';

/** 2 MiB: a form far too long is still taken in, so that its page can say which field is and show the words again. */
const FORM_LIMIT = 2 * 1024 * 1024;
const MOST_FIELDS = 500;
/** Deeper than any body of ours; transformers recurse, and a body of nothing but brackets would end them. */
const MOST_LEVELS = 16;

/** Accepts JSON and URL-encoded forms, and nothing else. */
export function useBodies(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  const parseJson = instance.getDefaultJsonParser('error', 'error');
  instance.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    void parseJson(request, text as string, (error, body) => {
      done(error ?? (tooDeep(body) ? new Refused(400, 'too_deep', 'The JSON is nested too deeply.') : null), body);
    });
  });
  instance.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: FORM_LIMIT },
    (_request, text, done) => {
      const form = parseForm(text as string);
      if (form === undefined) done(new Refused(400, 'not_a_form', 'This is not one of our forms.'));
      else done(null, form);
    },
  );
}

/** A field sent once is a string, one sent more often an array; undefined for what no page of ours sends. */
function parseForm(text: string): Record<string, string | string[]> | undefined {
  const form = Object.create(null) as Record<string, string | string[]>;
  let count = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    if (++count > MOST_FIELDS || name === '__proto__') return undefined;
    const before = form[name];
    if (before === undefined) form[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else form[name] = [before, value];
  }
  return form;
}

function tooDeep(body: unknown): boolean {
  let level: unknown[] = [body];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MOST_LEVELS) return true;
    level = level.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return false;
}

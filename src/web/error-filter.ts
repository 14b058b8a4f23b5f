import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Settings } from '../../config/settings.js';
import { fromOurPages } from './csrf.js';
import type { Log } from './log.js';
import { pageProblems } from './page-problems.js';
import { type Problem, problemDetails, problemOf } from './problems.js';
import { requestText } from './views.js';

/** After these the same form may be sent again as it is. */
const WORTH_SENDING_AGAIN = new Set(['form_expired', 'too_many', 'unexpected', 'unavailable']);

/** Turns whatever was thrown into the one page or the one problem document that tells of it. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(
    private readonly settings: Settings,
    private readonly log: Log,
  ) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = problemOf(error);
    if (problem.status >= 500) this.log.failure('request.failed', error, { correlation: request.id });
    if (reply.sent) return;
    void reply.status(problem.status).header('cache-control', 'no-store');
    if (problem.retryAfter !== undefined) void reply.header('retry-after', problem.retryAfter.toString());
    if (wantsJson(request)) {
      // Already written out: Fastify would take an object of this media type to its own serializer's errors.
      await reply
        .type('application/problem+json; charset=utf-8')
        .send(JSON.stringify(problemDetails(problem, request.id)));
    } else {
      await reply.type('text/html; charset=utf-8').send(await this.page(problem, request, reply));
    }
  }

  private async page(problem: Problem, request: FastifyRequest, reply: FastifyReply): Promise<string> {
    try {
      const { t } = requestText(reply);
      const kept = fromOurPages(request, this.settings) ? fieldsOf(request.body) : [];
      return await reply.viewAsync('error.njk', {
        problem,
        heading: say(t, `web.errors.${problem.code}.heading`, t('web.errors.heading')),
        message: say(t, `web.errors.${problem.code}.message`, problem.message),
        problems: problem.fields.length > 0 ? pageProblems(problem.fields, t) : undefined,
        correlation: problem.status >= 500 ? request.id : undefined,
        here: '/',
        kept,
        sendAgain: kept.length > 0 && WORTH_SENDING_AGAIN.has(problem.code) ? localAddress(request) : undefined,
      });
    } catch (error) {
      this.log.failure('error_page.failed', error, { correlation: request.id });
      return `<!doctype html><title>Error</title><p>Something went wrong. ${request.id}</p>`;
    }
  }
}

function wantsJson(request: FastifyRequest): boolean {
  if (/^\/(?:staff\/)?api\//.test(request.url)) return true;
  const accept = request.headers.accept ?? '';
  return accept.includes('json') && !accept.includes('text/html');
}

function say(t: (key: string) => string, key: string, otherwise: string): string {
  const said = t(key);
  return said === key ? otherwise : said;
}

/** What a form of ours held, in hidden fields of the next one, so that a failure on our side costs nobody their words. */
export function fieldsOf(body: unknown): { name: string; value: string }[] {
  if (typeof body !== 'object' || body === null) return [];
  return Object.entries(body)
    .filter(([name]) => !name.startsWith('_'))
    .flatMap(([name, value]) => [value].flat().map((one: unknown) => ({ name, value: one })))
    .filter((field): field is { name: string; value: string } => typeof field.value === 'string' && field.value !== '');
}

/** Where a request went, if it can be sent there again: never another host. */
export function localAddress(request: FastifyRequest): string | undefined {
  return /^\/(?![/\\])/.test(request.url) ? request.url : undefined;
}

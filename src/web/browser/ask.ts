import { solve, type Puzzle } from './solve.js';

/** What the server said no with (RFC 9457); status 0 and code `offline` where no whole answer came. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly fields: readonly { readonly field: string; readonly code: string; readonly message: string }[] = [],
    detail = '',
    /** What may be solved to be let in at once. */
    readonly work?: Puzzle,
    /** Seconds to wait, where too much was tried. */
    readonly wait = 0,
  ) {
    super(detail);
    this.name = 'ApiProblem';
  }
}

/** How the server is asked. */
interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Sent as JSON; a text is JSON already. */
  readonly body?: object | string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Cookies go with a call only where it says so. */
  readonly credentials?: 'omit' | 'same-origin';
}

/**
 * Asks the server. Where it is under attack and many come from this address, it sets a puzzle; that is solved beside the
 * page, the page says so meanwhile, and it is asked once more.
 *
 * @returns the answer; undefined where it has no content
 * @throws {ApiProblem} with what the server said no with, or status 0
 */
export async function ask<T>(path: string, call: Call = {}): Promise<T> {
  try {
    return await askOnce<T>(path, call);
  } catch (error) {
    if (!(error instanceof ApiProblem) || !error.work) throw error;
    const work = await solve(error.work);
    return askOnce<T>(path, { ...call, headers: { ...call.headers, 'onedoor-work': work } });
  }
}

async function askOnce<T>(path: string, call: Call): Promise<T> {
  const { method = 'GET', body, headers, credentials = 'omit' } = call;
  const response = await fetch(path, {
    method,
    headers: {
      accept: 'application/json',
      // Without cookies the language of the page has to be said.
      'accept-language': document.documentElement.lang,
      ...(body && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    credentials,
    redirect: 'error',
  }).catch(noAnswer);
  if (response.ok) return (response.status === 204 ? undefined : await response.json().catch(noAnswer)) as T;
  const problem = (await response.json().catch(() => ({}))) as Partial<{
    code: string;
    detail: string;
    errors: ApiProblem['fields'];
    work: Puzzle;
  }>;
  const { code = '', errors = [], detail = '', work } = problem;
  const wait = Number(response.headers.get('retry-after') ?? 0);
  throw new ApiProblem(response.status, code, errors, detail, work, wait);
}

function noAnswer(): never {
  throw new ApiProblem(0, 'offline');
}

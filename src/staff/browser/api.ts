/** What the server said no with (RFC 9457). */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly fields: readonly { readonly field: string; readonly code: string; readonly message: string }[],
    detail: string,
  ) {
    super(detail);
    this.name = 'ApiProblem';
  }
}

/**
 * Asks the staff side of the server.
 *
 * @param path under `/staff/api/`
 * @param body sent as JSON by POST; without one it is a GET
 * @returns the answer; undefined where it has no content
 * @throws {ApiProblem} with what the server said no with
 */
export async function ask<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      accept: 'application/json',
      ...(body && { 'content-type': 'application/json', 'x-csrf-token': csrfToken() }),
    },
    ...(body && { body: JSON.stringify(body) }),
    credentials: 'same-origin',
    redirect: 'error',
  });
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const problem = (await response.json().catch(() => ({}))) as Partial<{
    code: string;
    detail: string;
    title: string;
    errors: ApiProblem['fields'];
  }>;
  throw new ApiProblem(
    response.status,
    problem.code ?? '',
    problem.errors ?? [],
    problem.detail ?? problem.title ?? '',
  );
}

function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? '';
}

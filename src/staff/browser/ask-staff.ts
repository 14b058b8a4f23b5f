import { ApiProblem, ask } from '../../web/browser/ask.js';
import { confirmBeside } from './confirm-beside.js';

type Headers = Readonly<Record<string, string>>;

/**
 * Asks the staff side of the server, as whoever is signed in. Where the server first wants the person to show again that
 * it is them, they are asked, and then it is asked once more.
 *
 * @param path under `/staff/api/`
 * @param body sent as JSON by POST; without one it is a GET
 * @param headers sent with it
 * @returns the answer; undefined where it has no content
 * @throws {ApiProblem} with what the server said no with
 */
export async function askStaff<T>(path: string, body?: object, headers: Headers = {}): Promise<T> {
  try {
    return await send<T>(path, body, headers);
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== 'step_up' || !(await confirmBeside())) throw error;
    return send<T>(path, body, headers);
  }
}

function send<T>(path: string, body: object | undefined, headers: Headers): Promise<T> {
  return ask<T>(path, {
    ...(body && { method: 'POST', body, headers: { ...headers, 'x-csrf-token': csrfToken() } }),
    credentials: 'same-origin',
  });
}

function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? '';
}

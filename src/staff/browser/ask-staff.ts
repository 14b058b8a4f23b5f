import { ask } from '../../web/browser/ask.js';

/**
 * Asks the staff side of the server, as whoever is signed in.
 *
 * @param path under `/staff/api/`
 * @param body sent as JSON by POST; without one it is a GET
 * @returns the answer; undefined where it has no content
 * @throws {ApiProblem} with what the server said no with
 */
export function askStaff<T>(path: string, body?: object): Promise<T> {
  return ask<T>(path, {
    ...(body && { method: 'POST', body, headers: { 'x-csrf-token': csrfToken() } }),
    credentials: 'same-origin',
  });
}

function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? '';
}

import { ApiProblem, ask } from '../../web/browser/ask.js';
import { confirmBeside } from './confirm-beside.js';

/**
 * Asks the staff side of the server, as whoever is signed in. Where the server first wants the person to show again that
 * it is them, they are asked, and then it is asked once more.
 *
 * @param path under `/staff/api/`
 * @param body sent as JSON by POST; without one it is a GET
 * @returns the answer; undefined where it has no content
 * @throws {ApiProblem} with what the server said no with
 */
export async function askStaff<T>(path: string, body?: object): Promise<T> {
  try {
    return await send<T>(path, body);
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== 'step_up' || !(await confirmBeside())) throw error;
    return send<T>(path, body);
  }
}

function send<T>(path: string, body: object | undefined): Promise<T> {
  return ask<T>(path, {
    ...(body && { method: 'POST', body, headers: { 'x-csrf-token': csrfToken() } }),
    credentials: 'same-origin',
  });
}

function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? '';
}

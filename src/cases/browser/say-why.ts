import { ApiProblem } from '../../web/browser/ask.js';
import { element, say, tell } from '../../web/browser/page.js';
import { SignerDoubted } from '../verify-keys.js';
import { KeyDoubted } from '../../vault/key-heads.js';
import { ContentTooLong, VaultError } from '../../vault/suite.js';

/** The browser holds no unlocked keys. */
export class Locked extends Error {}

/** Why something was not done, in the words of the page. */
export function sayWhy(error: unknown): string {
  if (error instanceof Locked) return say('lockedNotSent');
  if (error instanceof ContentTooLong) return say('tooLong');
  if (error instanceof KeyDoubted) return say('keysDoubted');
  if (error instanceof SignerDoubted) return say('signerDoubtedNotSent');
  if (error instanceof VaultError) return say('cannotSeal');
  if (!(error instanceof ApiProblem)) return say('notSent');
  if (error.status === 401) return say('signedOut');
  return error.status === 409 && error.message !== '' ? error.message : say('notSent');
}

/** Says what went wrong at the top of a long page, and goes there. */
export function complain(message: string): void {
  tell(message);
  const told = element('#told');
  told.tabIndex = -1;
  told.focus();
}

/** How far long work has come, where screen readers announce it. */
export function progressIn(place: HTMLElement, name: string): (done: number, all: number) => void {
  return (done, all) => {
    place.textContent = say(name).replace('{done}', done.toString()).replace('{all}', all.toString());
  };
}

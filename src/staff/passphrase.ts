import { isGuessable } from './guessable.js';

const SHORTEST = 16;
const LONGEST = 1024;
const SERVICE = 'onedoor';

/** Why a passphrase cannot be used. */
export type PassphraseFault = 'too_short' | 'too_long' | 'contains_username' | 'guessable';

/**
 * Looks at a new passphrase where it is typed; it is never sent anywhere. Length counts and composition does not, and what
 * is guessed first is refused (NIST SP 800-63B, 5.1.1.2). There are no hints.
 *
 * @param agencyId of the person's agency
 * @returns the first fault, or null when it can be used
 */
export function passphraseFault(passphrase: string, username: string, agencyId: string): PassphraseFault | null {
  const characters = Array.from(passphrase.normalize('NFKC')).length; // code points, as NIST counts
  if (characters < SHORTEST) return 'too_short';
  if (characters > LONGEST) return 'too_long';
  const name = username.trim().toLowerCase();
  if (name !== '' && passphrase.toLowerCase().includes(name)) return 'contains_username';
  return isGuessable(passphrase, [name, agencyId, SERVICE]) ? 'guessable' : null;
}

import { Invalid } from '../web/errors.js';
import { totpStep } from './totp.js';

/**
 * The time step of a code that shows that an authenticator has a new secret.
 *
 * @param at the time the code is judged by
 * @throws {Invalid} when it is not the code of this moment
 */
export function requireCode(totpSecret: string, code: string, at: Date): number {
  const step = totpStep(totpSecret, code, at);
  if (step !== null) return step;
  const message = 'This is not the code your authenticator shows now. Try the next one.';
  throw new Invalid([{ field: 'code', code: 'code', message }]);
}

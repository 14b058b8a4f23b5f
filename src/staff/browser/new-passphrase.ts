import { say, tell, valueOf } from '../../web/browser/page.js';
import { passphraseFault } from '../passphrase.js';

/**
 * The new passphrase that somebody typed twice. What is wrong with it is told, and the field it stands in gets the focus.
 *
 * @returns null when it cannot be used
 */
export function newPassphrase(username: string, agencyId: string): string | null {
  const passphrase = valueOf('#passphrase');
  const fault = passphraseFault(passphrase, username, agencyId);
  if (fault !== null) return complain(fault, 'passphrase');
  return passphrase === valueOf('#again') ? passphrase : complain('different', 'again');
}

function complain(fault: string, field: string): null {
  tell(say(fault));
  document.getElementById(field)?.focus();
  return null;
}

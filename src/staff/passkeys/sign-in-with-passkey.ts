import { Injectable } from '@nestjs/common';
import { Database } from '../../../config/database.js';
import { append } from '../../audit/audit.js';
import { Unauthorised } from '../../web/errors.js';
import { admit, type Account, type SignedIn } from '../admit.js';
import { StaffSessions } from '../staff-sessions.js';
import type { Assertion, PasskeyQuestion } from './passkey.js';
import { Passkeys } from './passkeys.js';

const SYSTEM = { kind: 'system', name: 'sign-in' } as const;

/**
 * Signing in with a passkey, which says itself whose it is: nobody types a name, and the question is the same for
 * everybody. Whatever is wrong with an answer, it gets the same refusal.
 */
@Injectable()
export class SignInWithPasskey {
  constructor(
    private readonly database: Database,
    private readonly passkeys: Passkeys,
    private readonly sessions: StaffSessions,
  ) {}

  /** @param browser what only this browser holds: an answer from another one does not count */
  ask(browser: string): PasskeyQuestion {
    return this.passkeys.ask({ purpose: 'sign_in', heldBy: browser });
  }

  /**
   * Signs a person in and opens a new session.
   *
   * @param replaces the token of an earlier session of this browser, which ends here
   * @throws {Unauthorised} without saying what was wrong
   */
  async signIn(assertion: Assertion, browser: string, replaces?: string): Promise<SignedIn> {
    // The refusal is thrown after the transaction, so that what is recorded of it stays.
    const signedIn = await this.database.asActor(SYSTEM, async (manager) => {
      const staffId = await this.passkeys.answered(manager, assertion, { purpose: 'sign_in', heldBy: browser });
      if (staffId === null) {
        await append(manager, { action: 'staff.sign_in_refused', actor: SYSTEM });
        return null;
      }
      const [account] = await manager.query<Account[]>(
        'SELECT id, agency_id, roles, display_name FROM staff WHERE id = $1 AND active',
        [staffId],
      );
      return account ? admit(manager, this.sessions, account, 'passkey', replaces) : null;
    });
    if (!signedIn) throw new Unauthorised('This passkey does not sign anybody in here.');
    return signedIn;
  }
}

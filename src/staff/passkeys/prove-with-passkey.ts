import { Injectable } from '@nestjs/common';
import { Database } from '../../../config/database.js';
import { append } from '../../audit/audit.js';
import { Refused, Unauthorised } from '../../web/errors.js';
import { StaffSessions, type StandingSession } from '../staff-sessions.js';
import type { Assertion, PasskeyQuestion } from './passkey.js';
import { Passkeys } from './passkeys.js';

/** Showing with a passkey that it is still the person who signed in. */
@Injectable()
export class ProveWithPasskey {
  constructor(
    private readonly database: Database,
    private readonly passkeys: Passkeys,
    private readonly sessions: StaffSessions,
  ) {}

  ask({ id }: StandingSession): PasskeyQuestion {
    return this.passkeys.ask({ purpose: 'confirm', heldBy: id });
  }

  /**
   * Proves it by one of the person's passkeys. The session gets a new token; how it was opened stays as it was.
   *
   * @returns the token for the cookie
   * @throws {Refused} `proof` without saying what was wrong
   * @throws {Unauthorised} when the session has ended meanwhile
   */
  async prove({ actor, id }: StandingSession, assertion: Assertion): Promise<string> {
    const { staffId } = actor;
    // The refusal is thrown after the transaction, so that what is recorded of it stays.
    const token = await this.database.asActor(actor, async (manager) => {
      const wanted = { purpose: 'confirm', heldBy: id } as const;
      const proven = (await this.passkeys.answered(manager, assertion, wanted, { of: staffId })) !== null;
      await append(manager, { action: proven ? 'staff.proved' : 'staff.proof_refused', actor, subject: staffId });
      return proven ? ((await this.sessions.rotate(manager, id, { proved: true })) ?? 'ended') : null;
    });
    if (token === null) throw new Refused(403, 'proof', 'This passkey did not answer as it must.');
    if (token === 'ended') throw new Unauthorised('Sign in first.');
    return token;
  }
}

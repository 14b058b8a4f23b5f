import { Injectable } from '@nestjs/common';
import { createHmac, randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Database } from '../../config/database.js';
import { append } from '../audit/audit.js';
import { dayInAuckland } from '../web/day.js';
import { Unauthorised } from '../web/errors.js';
import { admit, type Account, type SignedIn } from './admit.js';
import { usesUpProof, type ProvableAccount } from './passphrase-proof.js';
import type { SignInTry } from './staff.dto.js';
import { StaffSecrets } from './staff-secrets.js';
import { StaffSessions } from './staff-sessions.js';
import { makeTotpSecret, sealTotp } from './totp.js';
import { normaliseUsername } from './username.js';

const SYSTEM = { kind: 'system', name: 'sign-in' } as const;

type PassphraseAccount = Account & ProvableAccount;

/**
 * Signing in with passphrase and TOTP. Who is unknown, has a wrong passphrase, a wrong code or a code that was used
 * costs the same statements and gets the same answer.
 */
@Injectable()
export class SignIn {
  private readonly nobody: Promise<PassphraseAccount>;

  constructor(
    private readonly database: Database,
    private readonly secrets: StaffSecrets,
    private readonly sessions: StaffSessions,
  ) {
    this.nobody = makeNobody(secrets);
  }

  /** The salt to stretch a passphrase with. For a name nobody has: one that is always the same for that name. */
  async salt(typedUsername: string): Promise<string> {
    const username = normaliseUsername(typedUsername);
    const madeUp = createHmac('sha256', this.secrets.salts).update(username).digest().subarray(0, 16);
    const [account] = await this.database.asActor(SYSTEM, (manager) =>
      manager.query<{ salt: string }[]>('SELECT salt FROM staff WHERE username = $1 AND active', [username]),
    );
    return account?.salt ?? madeUp.toString('base64url');
  }

  /**
   * Signs a person in and opens a new session.
   *
   * @param form username, `auth` and code
   * @param replaces the token of an earlier session of this browser, which ends here
   * @param at the time the code is judged by
   * @throws {Unauthorised} without saying which part was wrong
   */
  async signIn(form: SignInTry, replaces?: string, at: Date = new Date()): Promise<SignedIn> {
    const nobody = await this.nobody;
    // The refusal is thrown after the transaction, so that what is recorded of it stays.
    const signedIn = await this.database.asActor(SYSTEM, async (manager) => {
      const account = await findAccount(manager, normaliseUsername(form.username));
      const options = { known: account !== undefined, key: this.secrets.totp, at };
      if (!(await usesUpProof(manager, account ?? nobody, form, options)) || !account) {
        await append(manager, {
          action: 'staff.sign_in_refused',
          actor: SYSTEM,
          ...(account && { subject: account.id }),
        });
        return null;
      }
      await manager.query(
        `UPDATE staff_authenticators SET last_used_on = $2 WHERE staff_id = $1 AND kind = 'passphrase'`,
        [account.id, dayInAuckland(at)],
      );
      return admit(manager, this.sessions, account, 'passphrase', replaces);
    });
    if (!signedIn) throw new Unauthorised('The username, the passphrase or the code is not right.');
    return signedIn;
  }
}

async function findAccount(manager: EntityManager, username: string): Promise<PassphraseAccount | undefined> {
  const [account] = await manager.query<PassphraseAccount[]>(
    `SELECT id, agency_id, roles, display_name, auth_hash, totp_sealed FROM staff
      WHERE username = $1 AND active AND auth_hash IS NOT NULL AND totp_sealed IS NOT NULL`,
    [username],
  );
  return account;
}

/** An account that is in no table, against which tries for unknown names are measured. */
async function makeNobody(secrets: StaffSecrets): Promise<PassphraseAccount> {
  const id = '00000000-0000-4000-8000-000000000000';
  const totp_sealed = await sealTotp(secrets.totp, id, makeTotpSecret());
  return { id, agency_id: '', roles: [], display_name: '', auth_hash: randomBytes(32), totp_sealed };
}

import { Injectable } from '@nestjs/common';
import { Database } from '../../config/database.js';
import { append } from '../audit/audit.js';
import { Refused, Unauthorised } from '../web/errors.js';
import { Identities } from './openid/identities.js';
import { usesUpProof, type PassphraseProof, type ProvableAccount } from './passphrase-proof.js';
import { StaffSecrets } from './staff-secrets.js';
import { StaffSessions, type StandingSession } from './staff-sessions.js';

/** The ways in which a signed-in person can show again that it is them. */
export interface WaysToProve {
  /** The salt of their passphrase; null where they have none. */
  readonly salt: string | null;
  /** Accounts of their agency's own sign-in that they have linked. */
  readonly providers: readonly { readonly id: string; readonly name: string }[];
}

/** Proving again, before what is dangerous, that it is still the person who signed in. */
@Injectable()
export class StepUp {
  constructor(
    private readonly database: Database,
    private readonly secrets: StaffSecrets,
    private readonly sessions: StaffSessions,
    private readonly identities: Identities,
  ) {}

  /** How this person can prove that it is them. */
  async ways({ actor }: StandingSession): Promise<WaysToProve> {
    const { account, linked } = await this.database.asActor(actor, async (manager) => {
      const [found] = await manager.query<{ salt: string | null }[]>(
        `SELECT CASE WHEN auth_hash IS NOT NULL AND totp_sealed IS NOT NULL THEN salt END AS salt FROM staff
          WHERE id = $1`,
        [actor.staffId],
      );
      return { account: found, linked: await this.identities.list(manager, actor) };
    });
    const providers = linked.flatMap(({ provider, name }) => (provider === null ? [] : [{ id: provider, name }]));
    return { salt: account?.salt ?? null, providers };
  }

  /**
   * Proves it by passphrase and code. The session gets a new token; the one before is dead.
   *
   * @param at the time the code is judged by
   * @returns the token for the cookie
   * @throws {Refused} `proof` without saying which part was wrong
   * @throws {Unauthorised} when the session has ended meanwhile
   */
  async byPassphrase(session: StandingSession, proof: PassphraseProof, at: Date = new Date()): Promise<string> {
    const { actor } = session;
    // The refusal is thrown after the transaction, so that what is recorded of it stays.
    const token = await this.database.asActor(actor, async (manager) => {
      const [account] = await manager.query<ProvableAccount[]>(
        `SELECT id, auth_hash, totp_sealed FROM staff
          WHERE id = $1 AND active AND auth_hash IS NOT NULL AND totp_sealed IS NOT NULL`,
        [actor.staffId],
      );
      const proven =
        account !== undefined && (await usesUpProof(manager, account, proof, { key: this.secrets.totp, at }));
      await append(manager, {
        action: proven ? 'staff.proved' : 'staff.proof_refused',
        actor,
        subject: actor.staffId,
      });
      return proven ? ((await this.sessions.rotate(manager, session.id, { proved: true })) ?? 'ended') : undefined;
    });
    if (token === undefined) throw new Refused(403, 'proof', 'The passphrase or the code is not right.');
    if (token === 'ended') throw new Unauthorised('Sign in first.');
    return token;
  }
}

import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Database } from '../../../config/database.js';
import { append } from '../../audit/audit.js';
import { dayInAuckland } from '../../web/day.js';
import { NotFound, Refused } from '../../web/errors.js';
import { endSessionsOf } from '../end-sessions.js';
import type { StaffActor } from '../staff-actor.js';
import { StaffSessions, type StandingSession } from '../staff-sessions.js';
import type { Identity } from './openid-errands.js';
import { OpenIdProviders } from './openid-providers.js';

const SYSTEM = { kind: 'system', name: 'openid' } as const;
/** Most identities of one person. */
const MOST_IDENTITIES = 5;

/** A sign-in that a person linked. */
export interface LinkedIdentity {
  readonly id: string;
  /** Id of the provider; null where the settings no longer name it. */
  readonly provider: string | null;
  readonly name: string;
  readonly linkedOn: string;
}

/** Which provider's account is whose: linked by the person while signed in, and never by a name or an address. */
@Injectable()
export class Identities {
  constructor(
    private readonly database: Database,
    private readonly sessions: StaffSessions,
    private readonly providers: OpenIdProviders,
  ) {}

  /** What a person has linked, for their page. */
  async look(actor: StaffActor): Promise<LinkedIdentity[]> {
    return this.database.asActor(actor, async (manager) => {
      await append(manager, { action: 'staff.identities_viewed', actor, subject: actor.staffId });
      return this.list(manager, actor);
    });
  }

  /** What a person has linked. */
  async list(manager: EntityManager, actor: StaffActor): Promise<LinkedIdentity[]> {
    const rows = await manager.query<{ id: string; issuer: string; linkedOn: string }[]>(
      `SELECT id, issuer, linked_on::text AS "linkedOn" FROM staff_identities WHERE staff_id = $1 ORDER BY linked_on, id`,
      [actor.staffId],
    );
    return rows.map(({ issuer, ...row }) => {
      const provider = this.providers.all.find((candidate) => candidate.issuer.href === issuer);
      return { ...row, provider: provider?.id ?? null, name: provider?.name ?? issuer };
    });
  }

  /**
   * Signs in whoever the provider says is there.
   *
   * @returns the token for the cookie
   * @throws {Refused} `not_linked` where it is nobody's, or somebody's who may not come in: the two look the same
   */
  async signIn(identity: Identity): Promise<string> {
    // The refusal is thrown after the transaction, so that what is recorded of it stays.
    const token = await this.database.asActor(SYSTEM, async (manager) => {
      const actor = await ownerOf(manager, identity);
      if (!actor) {
        await append(manager, { action: 'staff.sign_in_refused', actor: SYSTEM });
        return null;
      }
      await append(manager, { action: 'staff.signed_in', actor, subject: actor.staffId });
      return this.sessions.open(manager, actor.staffId, 'openid', identity.resistsPhishing);
    });
    if (token === null) throw notLinked();
    return token;
  }

  /**
   * Links an account to the person of a session, which gets a new token.
   *
   * @param sessionId of the session that began it
   * @returns the token for the cookie
   * @throws {Refused} `not_linked` when the session has ended, the account is somebody else's or of another agency, or the
   *   person has linked as many as they may
   */
  async link(sessionId: string, identity: Identity): Promise<string> {
    return this.database.asActor(SYSTEM, async (manager) => {
      const actor = await this.sessions.standing(manager, sessionId);
      if (!actor || !isOf(actor, identity)) throw notLinked();
      await manager.query('SELECT FROM staff WHERE id = $1 FOR NO KEY UPDATE', [actor.staffId]);
      await manager.query(
        `INSERT INTO staff_identities (id, staff_id, issuer, subject, linked_on)
         SELECT $1, $2, $3, $4, $5 WHERE (SELECT count(*) FROM staff_identities WHERE staff_id = $2) < $6
         ON CONFLICT (issuer, subject) DO NOTHING`,
        [randomUUID(), actor.staffId, identity.issuer, identity.subject, dayInAuckland(), MOST_IDENTITIES],
      );
      // Linked before, by this person or by another, or not at all.
      const owner = await ownerOf(manager, identity);
      if (owner?.staffId !== actor.staffId) throw notLinked();
      await append(manager, { action: 'staff.identity_linked', actor, subject: actor.staffId });
      return orEnded(await this.sessions.rotate(manager, sessionId, { proved: false }));
    });
  }

  /**
   * Takes a link away. Everywhere else the person is signed out, since they may have come in by it.
   *
   * @returns the new token for the cookie of the session in use
   * @throws {NotFound} when it is no link of theirs
   */
  async unlink({ actor, id: sessionId }: StandingSession, id: string): Promise<string> {
    return this.database.asActor(actor, async (manager) => {
      const [, count] = await manager.query<[unknown[], number]>(
        'DELETE FROM staff_identities WHERE id = $1 AND staff_id = $2',
        [id, actor.staffId],
      );
      if (count === 0) throw new NotFound();
      await endSessionsOf(manager, actor.staffId, sessionId);
      await append(manager, { action: 'staff.identity_removed', actor, subject: actor.staffId });
      return orEnded(await this.sessions.rotate(manager, sessionId, { proved: false }));
    });
  }

  /**
   * Takes a fresh sign-in at the provider as the proof that it is the person of a session.
   *
   * @returns the token for the cookie
   * @throws {Refused} `not_linked` when it is not that person's account
   */
  async prove(sessionId: string, identity: Identity): Promise<string> {
    const token = await this.database.asActor(SYSTEM, async (manager) => {
      const actor = await this.sessions.standing(manager, sessionId);
      const owner = await ownerOf(manager, identity);
      const proven = actor !== null && owner?.staffId === actor.staffId;
      if (actor) {
        const action = proven ? 'staff.proved' : 'staff.proof_refused';
        await append(manager, { action, actor, subject: actor.staffId });
      }
      return proven ? this.sessions.rotate(manager, sessionId, { proved: true }) : null;
    });
    return orEnded(token);
  }
}

/** Whose account it is, if they may come in. */
async function ownerOf(manager: EntityManager, identity: Identity): Promise<StaffActor | null> {
  const [owner] = await manager.query<Omit<StaffActor, 'kind'>[]>(
    `SELECT p.id AS "staffId", p.agency_id AS "agencyId", p.roles, p.display_name AS "displayName"
       FROM staff_identities i JOIN staff p ON p.id = i.staff_id
      WHERE i.issuer = $1 AND i.subject = $2 AND p.active`,
    [identity.issuer, identity.subject],
  );
  return owner && isOf(owner, identity) ? { kind: 'staff', ...owner } : null;
}

function isOf({ agencyId }: { readonly agencyId: string }, { agency }: Identity): boolean {
  return agency === null || agency === agencyId;
}

function orEnded(token: string | null): string {
  if (token === null) throw notLinked();
  return token;
}

function notLinked(): Refused {
  return new Refused(403, 'not_linked', 'This account is not linked to anybody here.');
}

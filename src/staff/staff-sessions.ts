import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Database } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import { append } from '../audit/audit.js';
import { lentTo, withLent } from './delegations/lent-roles.js';
import type { Role } from './roles.js';
import { isPhishingResistant, rolesIn, type SessionMethod } from './session-method.js';
import type { LentRole, StaffActor } from './staff-actor.js';
import { makeToken, tokenHash } from './token.js';

/** Without a request for this long, a session is over. */
const IDLE_MINUTES = 30;
/** However busy, a session is over after this long. */
const ABSOLUTE_HOURS = 12;
/** For this long after a proof nobody is asked for another. */
const FRESH_MINUTES = 5;
/** Most sessions of one person. One more takes the place of the one unused for longest. */
const MOST_SESSIONS = 8;

const TOKEN = /^[A-Za-z0-9_-]{43}$/;
/* Looked at with every page, so that nobody can be let in as somebody else behind their back. */
const RECOVERY = `
  (SELECT r.id FROM account_recoveries r WHERE r.staff_id = p.id AND r.expires_at > now()) AS recovery`;

const SYSTEM = { kind: 'system', name: 'staff-sessions' } as const;

interface Row {
  id: string;
  agency_id: string;
  roles: Role[];
  display_name: string;
  resists_phishing: boolean;
  recovery: string | null;
  session_id: string;
  lent: LentRole[];
  fresh: boolean;
}

/** A session that stands. */
export interface StandingSession {
  readonly id: string;
  readonly actor: StaffActor;
  /** Whether the person proved within the last five minutes that it is them. */
  readonly fresh: boolean;
}

/** Signed-in browsers: opaque tokens, hashed at rest, with an idle and an absolute limit kept by the database's clock. */
@Injectable()
export class StaffSessions {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
  ) {}

  /**
   * Opens a session, in the transaction of the sign-in. Ended ones of the same person are cleared away, and so are those
   * over the most that one person may have.
   *
   * @param method how the person has just signed in
   * @param resistsPhishing whether they could not have been made to do so on somebody else's page
   * @returns the token for the cookie; it is kept nowhere else
   */
  async open(
    manager: EntityManager,
    staffId: string,
    method: SessionMethod,
    resistsPhishing = isPhishingResistant(method),
  ): Promise<string> {
    const token = makeToken();
    // Two sign-ins at once count one after the other.
    await manager.query('SELECT FROM staff WHERE id = $1 FOR NO KEY UPDATE', [staffId]);
    await manager.query(
      `DELETE FROM staff_sessions
        WHERE staff_id = $1 AND (expires_at <= now() OR seen_at <= now() - make_interval(mins => $2)
           OR id IN (SELECT id FROM staff_sessions WHERE staff_id = $1 ORDER BY seen_at DESC, id OFFSET $3))`,
      [staffId, IDLE_MINUTES, MOST_SESSIONS - 1],
    );
    await manager.query(
      `INSERT INTO staff_sessions (token_hash, staff_id, id, method, resists_phishing, created_at, seen_at, expires_at, proved_at)
       VALUES ($1, $2, $3, $4, $5, now(), now(), now() + make_interval(hours => $6), now())`,
      [tokenHash(token), staffId, randomUUID(), method, resistsPhishing, ABSOLUTE_HOURS],
    );
    return token;
  }

  /**
   * Who is behind a cookie, if its session still stands, with the roles that count in it; the idle limit begins anew.
   *
   * @returns null for an unknown, ended or malformed token, and for a person who is no longer active
   */
  async resolve(token: string | undefined): Promise<StandingSession | null> {
    if (token === undefined || !TOKEN.test(token)) return null;
    const [rows] = await this.database.asActor(SYSTEM, (manager) =>
      manager.query<[Row[], number]>(
        `UPDATE staff_sessions s SET seen_at = now() FROM staff p
          WHERE s.token_hash = $1 AND p.id = s.staff_id AND p.active
            AND s.expires_at > now() AND s.seen_at > now() - make_interval(mins => $2)
        RETURNING p.id, p.agency_id, p.roles, p.display_name, s.resists_phishing, s.id AS session_id,
                  ${lentTo('p')} AS lent,
                  ${RECOVERY},
                  s.proved_at > now() - make_interval(mins => $3) AS fresh`,
        [tokenHash(token), IDLE_MINUTES, FRESH_MINUTES],
      ),
    );
    const [row] = rows;
    if (!row) return null;
    const actor = this.actorOf(row);
    return { id: row.session_id, actor, fresh: row.fresh };
  }

  /**
   * Whose session this is, if it still stands: for an answer that comes from another site and brings no cookie of it.
   *
   * @param sessionId which the answer's own cookie names
   */
  async standing(manager: EntityManager, sessionId: string): Promise<StaffActor | null> {
    const [row] = await manager.query<Omit<Row, 'session_id' | 'fresh'>[]>(
      `SELECT p.id, p.agency_id, p.roles, p.display_name, s.resists_phishing, ${lentTo('p')} AS lent, ${RECOVERY}
         FROM staff_sessions s JOIN staff p ON p.id = s.staff_id AND p.active
        WHERE s.id = $1 AND s.expires_at > now() AND s.seen_at > now() - make_interval(mins => $2)`,
      [sessionId, IDLE_MINUTES],
    );
    return row ? this.actorOf(row) : null;
  }

  /**
   * Gives a session a new token where what it may do changed: whoever holds the old one holds nothing. The absolute limit
   * stays where it was.
   *
   * @param sessionId of the person's own session
   * @param options.proved whether the person has just proved that it is them
   * @returns the token for the cookie, or null when the session has ended meanwhile
   */
  async rotate(
    manager: EntityManager,
    sessionId: string,
    { proved }: { readonly proved: boolean },
  ): Promise<string | null> {
    const token = makeToken();
    const [rows] = await manager.query<[unknown[], number]>(
      `UPDATE staff_sessions SET token_hash = $2, proved_at = CASE WHEN $3 THEN now() ELSE proved_at END
        WHERE id = $1 RETURNING id`,
      [sessionId, tokenHash(token), proved],
    );
    return rows.length === 1 ? token : null;
  }

  /** Ends the session of a cookie. */
  async close(actor: StaffActor, token: string): Promise<void> {
    await this.database.asActor(actor, async (manager) => {
      await this.drop(manager, token);
      await append(manager, { action: 'staff.signed_out', actor, subject: actor.staffId });
    });
  }

  /** Removes a session within an open transaction, such as the one a new sign-in takes the place of. */
  async drop(manager: EntityManager, token: string): Promise<void> {
    if (TOKEN.test(token)) await manager.query('DELETE FROM staff_sessions WHERE token_hash = $1', [tokenHash(token)]);
  }

  private actorOf(row: Omit<Row, 'session_id' | 'fresh'>): StaffActor {
    const { roles, lent } = withLent(row.roles, row.lent);
    return {
      kind: 'staff',
      staffId: row.id,
      agencyId: row.agency_id,
      ...rolesIn(row.resists_phishing, roles, this.settings.passkeyRequiredFor),
      ...(lent.length > 0 ? { lent } : {}),
      displayName: row.display_name,
      recovery: row.recovery,
    };
  }
}

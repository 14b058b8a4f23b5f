import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import { append } from '../audit/audit.js';
import type { Role } from './roles.js';
import { rolesIn, type SessionMethod } from './session-method.js';
import type { StaffActor } from './staff-actor.js';
import { makeToken, tokenHash } from './token.js';

/** Without a request for this long, a session is over. */
const IDLE_MINUTES = 30;
/** However busy, a session is over after this long. */
const ABSOLUTE_HOURS = 12;

const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const SYSTEM = { kind: 'system', name: 'staff-sessions' } as const;

interface Row {
  id: string;
  agency_id: string;
  roles: Role[];
  display_name: string;
  method: SessionMethod;
}

/** Signed-in browsers: opaque tokens, hashed at rest, with an idle and an absolute limit kept by the database's clock. */
@Injectable()
export class StaffSessions {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
  ) {}

  /**
   * Opens a session, in the transaction of the sign-in. Ended ones of the same person are cleared away.
   *
   * @param method how the person has just signed in
   * @returns the token for the cookie; it is kept nowhere else
   */
  async open(manager: EntityManager, staffId: string, method: SessionMethod): Promise<string> {
    const token = makeToken();
    await manager.query(
      `DELETE FROM staff_sessions
        WHERE staff_id = $1 AND (expires_at <= now() OR seen_at <= now() - make_interval(mins => $2))`,
      [staffId, IDLE_MINUTES],
    );
    await manager.query(
      `INSERT INTO staff_sessions (token_hash, staff_id, method, created_at, seen_at, expires_at)
       VALUES ($1, $2, $3, now(), now(), now() + make_interval(hours => $4))`,
      [tokenHash(token), staffId, method, ABSOLUTE_HOURS],
    );
    return token;
  }

  /**
   * Who is behind a cookie, if its session still stands, with the roles that count in it; the idle limit begins anew.
   *
   * @returns null for an unknown, ended or malformed token, and for a person who is no longer active
   */
  async resolve(token: string | undefined): Promise<StaffActor | null> {
    if (token === undefined || !TOKEN.test(token)) return null;
    const [rows] = await this.database.asActor(SYSTEM, (manager) =>
      manager.query<[Row[], number]>(
        `UPDATE staff_sessions s SET seen_at = now() FROM staff p
          WHERE s.token_hash = $1 AND p.id = s.staff_id AND p.active
            AND s.expires_at > now() AND s.seen_at > now() - make_interval(mins => $2)
        RETURNING p.id, p.agency_id, p.roles, p.display_name, s.method`,
        [tokenHash(token), IDLE_MINUTES],
      ),
    );
    const [row] = rows;
    if (!row) return null;
    return {
      kind: 'staff',
      staffId: row.id,
      agencyId: row.agency_id,
      ...rolesIn(row.method, row.roles, this.settings.passkeyRequiredFor),
      displayName: row.display_name,
    };
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
}

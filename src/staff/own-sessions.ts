import { Injectable } from '@nestjs/common';
import { Database } from '../../config/database.js';
import { append } from '../audit/audit.js';
import { Forbidden, NotFound } from '../web/errors.js';
import { endSessionsOf } from './end-sessions.js';
import type { SessionMethod } from './session-method.js';
import type { StaffActor } from './staff-actor.js';
import { mayEndSessionsOf } from './staff.policy.js';

/** What a person is shown of one of their sessions. Where it is, nobody knows: no address or browser is recorded. */
export interface OwnSession {
  readonly id: string;
  readonly method: SessionMethod;
  readonly since: Date;
  readonly seen: Date;
}

/** A person's signed-in browsers, as a list that they can end. */
@Injectable()
export class OwnSessions {
  constructor(private readonly database: Database) {}

  /** The sessions of a person, the one used last first. */
  async list(actor: StaffActor): Promise<OwnSession[]> {
    return this.database.asActor(actor, (manager) =>
      manager.query<OwnSession[]>(
        `SELECT id, method, created_at AS since, seen_at AS seen FROM staff_sessions
          WHERE staff_id = $1 AND expires_at > now() ORDER BY seen_at DESC, id`,
        [actor.staffId],
      ),
    );
  }

  /**
   * Ends one of a person's own sessions.
   *
   * @throws {NotFound} when it is no session of theirs
   */
  async end(actor: StaffActor, id: string): Promise<void> {
    await this.database.asActor(actor, async (manager) => {
      const [, count] = await manager.query<[unknown[], number]>(
        'DELETE FROM staff_sessions WHERE id = $1 AND staff_id = $2',
        [id, actor.staffId],
      );
      if (count === 0) throw new NotFound();
      await append(manager, { action: 'staff.session_ended', actor, subject: actor.staffId });
    });
  }

  /** Ends every session of a person but the one they are using. */
  async endOthers(actor: StaffActor, current: string): Promise<void> {
    await this.database.asActor(actor, async (manager) => {
      await endSessionsOf(manager, actor.staffId, current);
      await append(manager, { action: 'staff.sessions_ended', actor, subject: actor.staffId });
    });
  }

  /**
   * Ends every session of a colleague.
   *
   * @throws {Forbidden} when the actor may not, or there is no such person
   */
  async endAllOf(actor: StaffActor, staffId: string): Promise<void> {
    await this.database.asActor(actor, async (manager) => {
      const [person] = await manager.query<{ agencyId: string }[]>(
        'SELECT agency_id AS "agencyId" FROM staff WHERE id = $1',
        [staffId],
      );
      if (!person || !mayEndSessionsOf(actor, person)) throw new Forbidden();
      await endSessionsOf(manager, staffId);
      await append(manager, { action: 'staff.sessions_ended', actor, subject: staffId });
    });
  }
}

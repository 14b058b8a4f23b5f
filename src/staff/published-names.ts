import { Injectable } from '@nestjs/common';
import { Database } from '../../config/database.js';
import { append } from '../audit/audit.js';
import { isUuid } from '../vault/form.js';
import { NotFound } from '../web/errors.js';
import { mayPublishNameOf } from './role-changes/role-change.policy.js';
import type { Role } from './roles.js';
import type { StaffActor } from './staff-actor.js';

/** What an agency publishes of who its disclosure officers are, so that whoever writes can tell whom to leave out. */
@Injectable()
export class PublishedNames {
  constructor(private readonly database: Database) {}

  /**
   * Publishes a name or a position of a disclosure officer, or no longer any.
   *
   * @param publishedAs up to 80 characters; an empty text for none
   * @throws {NotFound} to everybody who may not, and where the person is no disclosure officer
   */
  async set(actor: StaffActor, staffId: string, publishedAs: string): Promise<void> {
    if (!isUuid(staffId)) throw new NotFound();
    await this.database.asActor(actor, async (manager) => {
      const [person] = await manager.query<{ staffId: string; agencyId: string; roles: readonly Role[] }[]>(
        `SELECT id AS "staffId", agency_id AS "agencyId", roles FROM staff WHERE id = $1 AND active`,
        [staffId],
      );
      if (!person || !mayPublishNameOf(actor, person)) throw new NotFound();
      await manager.query(`UPDATE staff SET published_as = NULLIF($2, '') WHERE id = $1`, [staffId, publishedAs]);
      await append(manager, { action: 'staff.published_as', actor, subject: staffId });
    });
  }
}

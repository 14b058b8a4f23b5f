import { Injectable } from '@nestjs/common';
import { Database } from '../../config/database.js';
import { append } from '../audit/audit.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { readAgencyGrantHeader } from '../vault/agency-keys.js';
import { Forbidden, Invalid } from '../web/errors.js';
import { wellFormed } from '../web/well-formed.js';
import { AgencyKeyGrant } from './agency-key-grant.entity.js';

/** Sealing an agency's key again to who holds it, once they have a new key of their own. */
@Injectable()
export class RenewOwnGrant {
  constructor(private readonly database: Database) {}

  /**
   * Puts a grant to the actor's current key in the place of the one to an older key of theirs. That it opens they sign
   * again, with the key that they sign with now.
   *
   * @throws {Forbidden} when the actor holds no grant of that key
   * @throws {Invalid} when it is no grant of that key to the actor's current one
   */
  async renew(actor: StaffActor, { kid, jwe }: { readonly kid: string; readonly jwe: string }): Promise<void> {
    const refusal = (): Invalid =>
      new Invalid([{ field: 'jwe', code: 'key', message: 'This is not a grant of this suite to your key.' }]);
    await this.database.asActor(actor, async (manager) => {
      if (!(await manager.existsBy(AgencyKeyGrant, { kid, staffId: actor.staffId }))) throw new Forbidden();
      const header = await wellFormed(() => readAgencyGrantHeader(jwe), refusal);
      if (header.sealed !== kid) throw refusal();
      const current = await manager.query<unknown[]>(
        `SELECT FROM staff_keys WHERE kid = $1 AND staff_id = $2 AND purpose = 'agreement' AND retired_at IS NULL`,
        [header.kid, actor.staffId],
      );
      if (current.length === 0) throw refusal();
      await manager.update(AgencyKeyGrant, { kid, staffId: actor.staffId }, { jwe, held: null });
      await append(manager, { action: 'agency.grant_renewed', actor, subject: kid });
    });
  }
}

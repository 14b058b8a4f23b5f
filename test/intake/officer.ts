import { AgencyKeysService } from '../../src/agencies/agency-keys.service.js';
import { type DeskKeys, openKeys, readItem } from '../../src/cases/open-words.js';
import { readSealedCase } from '../../src/cases/read-sealed-case.js';
import { Database } from '../../config/database.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { openAgencyKey } from '../../src/vault/agency-keys.js';
import { type HeldKey, importPrivateKey } from '../../src/vault/keys.js';
import type { JsonObject } from '../../src/vault/suite.js';
import type { TestApp } from '../support/app.js';

/** What an officer's browser does: it holds their keys, asks for sealed words and opens them. */
export class Officer {
  private constructor(
    private readonly app: TestApp,
    readonly member: EnrolledStaffMember,
    private readonly keys: DeskKeys,
  ) {}

  static async of(app: TestApp, member: EnrolledStaffMember): Promise<Officer> {
    const agreement = await importPrivateKey(member.agreement.privateJwk, 'agreement');
    const agency = new Map<string, HeldKey>();
    for (const { kid, jwe } of await app.app.get(AgencyKeysService).ownGrants(member.actor)) {
      const expect = { reader: agreement.kid, sealed: kid };
      agency.set(kid, await openAgencyKey({ jwe, privateKey: agreement.privateKey, expect }));
    }
    return new Officer(app, member, { agreement, agency });
  }

  /** What every item of a case says, by kind; null where this officer cannot open it. */
  async read(caseId: string): Promise<Record<string, JsonObject | null>> {
    const { actor } = this.member;
    const sealed = await this.app.app.get(Database).asActor(actor, (manager) => readSealedCase(manager, actor, caseId));
    const opened = await openKeys(sealed, this.keys);
    const items = await Promise.all(sealed.items.map((item) => readItem(caseId, item, opened)));
    return Object.fromEntries(items.map(({ kind, content }) => [kind, content]));
  }
}

import { Injectable } from '@nestjs/common';
import { Database } from '../../../../config/database.js';
import { Settings } from '../../../../config/settings.js';
import { append } from '../../../audit/audit.js';
import type { StaffActor } from '../../../staff/staff-actor.js';
import { Forbidden } from '../../../web/errors.js';
import { Publication } from '../publishing/publication.js';
import { mayTendReleases } from '../release.policy.js';
import { approveRelease, withdrawRelease } from './decide-release.js';
import { listReleases, type ReleasesPage } from './list-releases.js';
import { prepareRelease } from './prepare-release.js';

/** What the operator's analysts and system leads do with releases: each verb is one transaction, and each look is audited. */
@Injectable()
export class ReleaseDesk {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly publication: Publication,
  ) {}

  /** @see listReleases @throws {Forbidden} when the actor may not */
  async list(actor: StaffActor, after?: string): Promise<ReleasesPage> {
    if (!mayTendReleases(actor, this.operator)) throw new Forbidden();
    return this.database.asActor(actor, async (manager) => {
      await append(manager, { action: 'open_data.viewed', actor });
      return listReleases(manager, after);
    });
  }

  /** @see prepareRelease */
  prepare(actor: StaffActor, what: string): Promise<string> {
    const { datasets } = this.publication;
    return this.database.asActor(actor, (manager) => prepareRelease(manager, actor, datasets, this.operator, what));
  }

  /** @see approveRelease */
  approve(actor: StaffActor, id: string): Promise<void> {
    return this.database.asActor(actor, (manager) => approveRelease(manager, actor, this.operator, id));
  }

  /** @see withdrawRelease */
  withdraw(actor: StaffActor, id: string): Promise<void> {
    return this.database.asActor(actor, (manager) => withdrawRelease(manager, actor, this.operator, id));
  }

  private get operator(): string {
    return this.settings.TRIAGE_AGENCY;
  }
}

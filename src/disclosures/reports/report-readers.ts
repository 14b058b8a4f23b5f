import { Injectable } from '@nestjs/common';
import { Settings } from '../../../config/settings.js';
import { Directory } from '../../agencies/directory.js';
import { OverseeingAgencies } from '../../staff/overseeing-agencies.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { NotFound } from '../../web/errors.js';
import { mayReadReports } from './report.policy.js';

/** Asks, of everybody who wants a report, whether they read reports. */
@Injectable()
export class ReportReaders {
  constructor(
    private readonly settings: Settings,
    private readonly overseeing: OverseeingAgencies,
    private readonly directory: Directory,
  ) {}

  has(actor: StaffActor): boolean {
    const { agencyId } = actor;
    return mayReadReports(actor, {
      isOperator: agencyId === this.settings.TRIAGE_AGENCY,
      oversees: this.overseeing.has(agencyId),
      takesReports: this.directory.takingReports() === agencyId,
    });
  }

  /** @throws {NotFound} to everybody else */
  require(actor: StaffActor): void {
    if (!this.has(actor)) throw new NotFound();
  }
}

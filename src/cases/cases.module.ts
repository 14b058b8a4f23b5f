import { Module } from '@nestjs/common';
import { RoutingModule } from '../routing/routing.module.js';
import { DirectoryModule } from '../agencies/directory.module.js';
import { Refusals } from '../staff/refusals.js';
import { StaffModule } from '../staff/staff.module.js';
import { CasesApiController } from './cases-api.controller.js';
import { CasesController } from './cases.controller.js';
import { CasesProcessor } from './cases.processor.js';
import { CasesService } from './cases.service.js';
import { ClosingController } from './closing.controller.js';
import { CountersigningController } from './countersigning/countersigning.controller.js';
import { CorrectionsController } from './corrections.controller.js';
import { complaintOf } from './complaint-of.js';
import { DeskPages } from './desk-pages.js';
import { DisclosureRecoveryController } from './recovery/disclosure-recovery.controller.js';
import { JoiningController } from './joining/joining.controller.js';
import { LeavingController } from './leaving/leaving.controller.js';
import { LeadPages } from './referrals/lead-pages.js';
import { LeadController } from './referrals/lead.controller.js';
import { LinksController } from './links.controller.js';
import { LogController } from './log/log.controller.js';
import { LogPages } from './log/log-pages.js';
import { ReadLog } from './log/read-log.service.js';
import { PartsController } from './parts.controller.js';
import { ReferralPages } from './referrals/referral-pages.js';
import { ReferralsApiController } from './referrals/referrals-api.controller.js';
import { ReferralsController } from './referrals/referrals.controller.js';
import { ReferralsService } from './referrals/referrals.service.js';
import { RegisterPages } from './register/register-pages.js';
import { RegisterController } from './register/register.controller.js';
import { RegisterService } from './register/register.service.js';
import { Releases } from './releases.js';
import { RenewGrants } from './renewal/renew-grants.js';
import { RenewalController } from './renewal/renewal.controller.js';
import { WallsController } from './walls/walls.controller.js';
import { RelatedPages } from './related-pages.js';

/** The record and the staff's desk. Database, Settings and the queue's JobRegistry come from global modules. */
@Module({
  imports: [DirectoryModule, RoutingModule, StaffModule],
  controllers: [
    CasesController,
    CasesApiController,
    CorrectionsController,
    CountersigningController,
    ReferralsController,
    ReferralsApiController,
    LeadController,
    ClosingController,
    PartsController,
    LinksController,
    LogController,
    LeavingController,
    JoiningController,
    DisclosureRecoveryController,
    WallsController,
    RenewalController,
    RegisterController,
  ],
  providers: [
    CasesProcessor,
    CasesService,
    DeskPages,
    LeadPages,
    LogPages,
    ReadLog,
    ReferralsService,
    ReferralPages,
    RegisterPages,
    RegisterService,
    RelatedPages,
    Releases,
    RenewGrants,
  ],
  exports: [CasesService, DeskPages, ReferralsService, Releases],
})
export class CasesModule {
  constructor(refusals: Refusals) {
    refusals.add(complaintOf);
  }
}

import { Module } from '@nestjs/common';
import { CasesModule } from '../cases/cases.module.js';
import { DirectoryModule } from '../agencies/directory.module.js';
import { StaffModule } from '../staff/staff.module.js';
import { DisclosuresController } from './disclosures.controller.js';
import { DutiesApiController } from './duties-api.controller.js';
import { DutiesController } from './duties.controller.js';
import { DutyPages } from './duty-pages.js';
import { DutiesService } from './duties.service.js';
import { ListPages } from './list-pages.js';
import { OversightModule } from './oversight/oversight.module.js';
import { ReportsModule } from './reports/reports.module.js';
import { SupportModule } from './support/support.module.js';

/** What the law asks of whoever receives a protected disclosure. */
@Module({
  imports: [CasesModule, DirectoryModule, StaffModule, SupportModule, OversightModule, ReportsModule],
  controllers: [DisclosuresController, DutiesController, DutiesApiController],
  providers: [DutiesService, DutyPages, ListPages],
})
export class DisclosuresModule {}

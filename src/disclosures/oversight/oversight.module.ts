import { Module } from '@nestjs/common';
import { AgenciesModule } from '../../agencies/agencies.module.js';
import { StaffModule } from '../../staff/staff.module.js';
import { ReportsModule } from '../reports/reports.module.js';
import { OversightController } from './oversight.controller.js';
import { OversightPages } from './oversight-pages.js';
import { OversightProcessor } from './oversight.processor.js';
import { OversightService } from './oversight.service.js';

/** For those who oversee how agencies keep to the law on disclosures. */
@Module({
  imports: [AgenciesModule, StaffModule, ReportsModule],
  controllers: [OversightController],
  providers: [OversightPages, OversightProcessor, OversightService],
})
export class OversightModule {}

import { Module } from '@nestjs/common';
import { AgenciesModule } from '../../agencies/agencies.module.js';
import { StaffModule } from '../../staff/staff.module.js';
import { ReadReports } from './read-reports.js';
import { ReceiveReport } from './receive-report.js';
import { ReportDeskController } from './report-desk.controller.js';
import { ReportPages } from './report-pages.js';
import { ReportReaders } from './report-readers.js';
import { ReportsController } from './reports.controller.js';
import { SendReport } from './send-report.js';

/** Reports of serious misconduct, to the body that takes them centrally. */
@Module({
  imports: [AgenciesModule, StaffModule],
  controllers: [ReportsController, ReportDeskController],
  providers: [ReadReports, ReceiveReport, ReportPages, ReportReaders, SendReport],
  exports: [ReportReaders],
})
export class ReportsModule {}

import { Module } from '@nestjs/common';
import { StaffModule } from '../staff/staff.module.js';
import { ClocksProcessor } from './clocks.processor.js';
import { OverdueController } from './overdue.controller.js';
import { StaffWorkingDaysController, WorkingDaysController } from './working-days.controller.js';

/** What is due: reminders, what is past its date, and how a date is counted. */
@Module({
  imports: [StaffModule],
  controllers: [OverdueController, WorkingDaysController, StaffWorkingDaysController],
  providers: [ClocksProcessor],
})
export class ClocksModule {}

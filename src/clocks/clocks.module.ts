import { Module } from '@nestjs/common';
import { StaffModule } from '../staff/staff.module.js';
import { ClocksProcessor } from './clocks.processor.js';
import { OverdueController } from './overdue.controller.js';

/** What is due: reminders, and what is past its date. */
@Module({ imports: [StaffModule], controllers: [OverdueController], providers: [ClocksProcessor] })
export class ClocksModule {}

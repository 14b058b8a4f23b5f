import { Module } from '@nestjs/common';
import { RoutingModule } from '../routing/routing.module.js';
import { StaffModule } from '../staff/staff.module.js';
import { CasesApiController } from './cases-api.controller.js';
import { CasesController } from './cases.controller.js';
import { CasesProcessor } from './cases.processor.js';
import { CasesService } from './cases.service.js';
import { DeskPages } from './desk-pages.js';

/** The record and the staff's desk. Database, Settings and the queue's JobRegistry come from global modules. */
@Module({
  imports: [RoutingModule, StaffModule],
  controllers: [CasesController, CasesApiController],
  providers: [CasesProcessor, CasesService, DeskPages],
  exports: [CasesService],
})
export class CasesModule {}

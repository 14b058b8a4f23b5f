import { Module } from '@nestjs/common';
import { CasesModule } from '../../cases/cases.module.js';
import { DirectoryModule } from '../../agencies/directory.module.js';
import { StaffModule } from '../../staff/staff.module.js';
import { SupportApiController } from './support-api.controller.js';
import { SupportController } from './support.controller.js';
import { SupportPages } from './support-pages.js';
import { SupportService } from './support.service.js';

/** That nobody is punished for a disclosure: what they risk, what is done about it, and whether it helped. */
@Module({
  imports: [CasesModule, DirectoryModule, StaffModule],
  controllers: [SupportController, SupportApiController],
  providers: [SupportService, SupportPages],
})
export class SupportModule {}

import { Module } from '@nestjs/common';
import { AgenciesModule } from '../../agencies/agencies.module.js';
import { StaffModule } from '../../staff/staff.module.js';
import { CountingModule } from '../counting/counting.module.js';
import { ReleaseDeskController } from './desk/release-desk.controller.js';
import { ReleaseDesk } from './desk/release-desk.js';
import { ReleasePages } from './desk/release-pages.js';
import { OpenDataProcessor } from './publishing/open-data.processor.js';
import { Publication } from './publishing/publication.js';
import { ReleaseWorks } from './publishing/release-works.js';

/** What goes out to everybody: two people agree on it, a worker draws and publishes it, and whoever likes takes it. */
@Module({
  imports: [AgenciesModule, StaffModule, CountingModule],
  controllers: [ReleaseDeskController],
  providers: [OpenDataProcessor, Publication, ReleaseDesk, ReleasePages, ReleaseWorks],
})
export class OpenDataModule {}

import { Module } from '@nestjs/common';
import { StaffModule } from '../staff/staff.module.js';
import { AgenciesService } from './agencies.service.js';
import { AgencyKeysController } from './agency-keys.controller.js';
import { AgencyKeysService } from './agency-keys.service.js';
import { Directory, loadDirectory } from './directory.js';
import { PeopleController } from './people.controller.js';
import { PublicDirectoryController } from './public-directory.controller.js';

/** The directory, connected agencies, their keys. */
@Module({
  imports: [StaffModule],
  controllers: [PublicDirectoryController, AgencyKeysController, PeopleController],
  providers: [AgenciesService, AgencyKeysService, { provide: Directory, useFactory: () => loadDirectory() }],
  exports: [AgenciesService, AgencyKeysService, Directory],
})
export class AgenciesModule {}

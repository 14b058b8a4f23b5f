import { Module } from '@nestjs/common';
import { StaffModule } from '../staff/staff.module.js';
import { AgenciesService } from './agencies.service.js';
import { AgencyKeysController } from './agency-keys.controller.js';
import { AgencyKeysService } from './agency-keys.service.js';
import { DirectoryModule } from './directory.module.js';
import { KeyLogModule } from './key-log/key-log.module.js';
import { PeopleController } from './people.controller.js';
import { RecoveryKeysController } from './recovery-keys.controller.js';
import { RecoveryKeysService } from './recovery-keys.service.js';
import { PublicDirectoryController } from './public-directory.controller.js';

/** The directory, connected agencies, their keys. */
@Module({
  imports: [StaffModule, DirectoryModule, KeyLogModule],
  controllers: [PublicDirectoryController, AgencyKeysController, PeopleController, RecoveryKeysController],
  providers: [AgenciesService, AgencyKeysService, RecoveryKeysService],
  exports: [AgenciesService, AgencyKeysService, RecoveryKeysService, DirectoryModule, KeyLogModule],
})
export class AgenciesModule {}

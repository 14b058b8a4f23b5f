import { Module } from '@nestjs/common';
import { Database } from '../../config/database.js';
import { removeExpired } from '../queue/remove-expired.js';
import { Sweeper } from '../queue/sweeper.js';
import { SweeperModule } from '../queue/sweeper.module.js';
import { OverseeingAgencies } from '../staff/overseeing-agencies.js';
import { StaffModule } from '../staff/staff.module.js';
import { AccountRecoveries } from './account-recovery/account-recoveries.js';
import { AccountRecoveryController } from './account-recovery/account-recovery.controller.js';
import { TakeUpRecovery } from './account-recovery/take-up-recovery.js';
import { AgenciesService } from './agencies.service.js';
import { AgencyKeysController } from './agency-keys.controller.js';
import { AgencyKeysService } from './agency-keys.service.js';
import { Directory } from './directory.js';
import { DirectoryModule } from './directory.module.js';
import { KeyLogModule } from './key-log/key-log.module.js';
import { PeopleController } from './people.controller.js';
import { RecoveriesController } from './recoveries.controller.js';
import { RecoveriesService } from './recoveries.service.js';
import { RecoveryKeysController } from './recovery-keys.controller.js';
import { RecoveryKeysService } from './recovery-keys.service.js';
import { RenewOwnGrant } from './renew-own-grant.js';
import { PublicDirectoryController } from './public-directory.controller.js';

/** The directory, connected agencies, their keys. */
@Module({
  imports: [StaffModule, DirectoryModule, SweeperModule, KeyLogModule],
  controllers: [
    PublicDirectoryController,
    AgencyKeysController,
    PeopleController,
    RecoveryKeysController,
    AccountRecoveryController,
    RecoveriesController,
  ],
  providers: [
    AccountRecoveries,
    TakeUpRecovery,
    AgenciesService,
    AgencyKeysService,
    RecoveryKeysService,
    RecoveriesService,
    RenewOwnGrant,
  ],
  exports: [AgenciesService, AgencyKeysService, RecoveryKeysService, DirectoryModule, KeyLogModule],
})
export class AgenciesModule {
  constructor(sweeper: Sweeper, database: Database, directory: Directory, overseeing: OverseeingAgencies) {
    overseeing.add(...directory.overseeing());
    sweeper.add('account_recoveries', (limit) => removeExpired(database, 'account_recoveries', 'id', limit));
  }
}

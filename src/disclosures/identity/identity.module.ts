import { Module } from '@nestjs/common';
import { DirectoryModule } from '../../agencies/directory.module.js';
import { CasesModule } from '../../cases/cases.module.js';
import { Releases } from '../../cases/releases.js';
import { StaffModule } from '../../staff/staff.module.js';
import { IdentityController } from './identity.controller.js';
import { IdentityPages } from './identity-pages.js';
import { hasOpenRelease, hasUntold, isUntold } from './untold-releases.js';

/** Who wrote a disclosure: kept confidential, and released by two or not at all (s 17). */
@Module({
  imports: [CasesModule, DirectoryModule, StaffModule],
  controllers: [IdentityController],
  providers: [IdentityPages],
})
export class IdentityModule {
  constructor(releases: Releases) {
    releases.answerBy({ isUntold, hasOpenRelease, hasUntold });
  }
}

import { Module } from '@nestjs/common';
import { AgenciesModule } from '../../agencies/agencies.module.js';
import { CasesModule } from '../../cases/cases.module.js';
import { RoutingModule } from '../../routing/routing.module.js';
import { StaffModule } from '../../staff/staff.module.js';
import { PassingOn } from './pass-on.js';
import { PassingOnController } from './passing-on.controller.js';

/** How a complaint that turns out to be a disclosure is lodged as one, at the desk. */
@Module({
  imports: [AgenciesModule, CasesModule, RoutingModule, StaffModule],
  controllers: [PassingOnController],
  providers: [PassingOn],
})
export class PassingOnModule {}

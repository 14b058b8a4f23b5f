import { Module } from '@nestjs/common';
import { Database } from '../../config/database.js';
import { StaffModule } from '../staff/staff.module.js';
import { HealthChecks } from '../web/health-checks.js';
import { Log } from '../web/log.js';
import { RoutingModule } from './routing.module.js';
import { Routing } from './routing.service.js';
import { RulesetDesk } from './ruleset-desk.js';
import { RulesetDeskController } from './ruleset-desk.controller.js';
import { RulesetRegister } from './ruleset-register.js';

/** Changing the rules: what two people published, and the pages on which they do. Database comes from a global module. */
@Module({
  imports: [RoutingModule, StaffModule],
  controllers: [RulesetDeskController],
  providers: [
    RulesetDesk,
    {
      // Opened before anything is served, in a worker too, which never listens.
      provide: RulesetRegister,
      inject: [Database, Routing, Log, HealthChecks],
      useFactory: (database: Database, routing: Routing, log: Log, checks: HealthChecks) =>
        RulesetRegister.open(database, routing, log, checks),
    },
  ],
})
export class RulesetDeskModule {}

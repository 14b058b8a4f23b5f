import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Database } from '../config/database.js';
import { ServiceKeys } from '../config/service-keys.js';
import { AgenciesModule } from './agencies/agencies.module.js';
import { AuditModule } from './audit/audit.module.js';
import { CasesModule } from './cases/cases.module.js';
import { ClocksModule } from './clocks/clocks.module.js';
import { DeliveryModule } from './delivery/delivery.module.js';
import { DisclosuresModule } from './disclosures/disclosures.module.js';
import { IdentityModule } from './disclosures/identity/identity.module.js';
import { InsightModule } from './insight/insight.module.js';
import { IntakeModule } from './intake/intake.module.js';
import { MailboxModule } from './mailbox/mailbox.module.js';
import { ProofsModule } from './proofs/proofs.module.js';
import { QueueModule } from './queue/queue.module.js';
import { RoutingModule } from './routing/routing.module.js';
import { RulesetDeskModule } from './routing/ruleset-desk.module.js';
import { StaffModule } from './staff/staff.module.js';

/** What every feature may ask for. */
@Global()
@Module({})
class Ground {}

/** The table of contents. */
@Module({
  imports: [
    // doors
    IntakeModule,
    MailboxModule,
    InsightModule,
    // work
    CasesModule,
    DisclosuresModule,
    IdentityModule,
    RoutingModule,
    RulesetDeskModule,
    AgenciesModule,
    ClocksModule,
    DeliveryModule,
    ProofsModule,
    // ground
    StaffModule,
    AuditModule,
    QueueModule,
  ],
})
export class AppModule {
  /**
   * The application on a database and with its service keys.
   *
   * @param database an open way to PostgreSQL
   * @param keys the service's own keys
   */
  static on(database: Database, keys: ServiceKeys): DynamicModule {
    const providers = [
      { provide: Database, useValue: database },
      { provide: ServiceKeys, useValue: keys },
    ];
    const ground: DynamicModule = { module: Ground, providers, exports: providers };
    return { module: AppModule, imports: [ground] };
  }
}

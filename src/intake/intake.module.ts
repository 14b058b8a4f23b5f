import { Module } from '@nestjs/common';
import { Database } from '../../config/database.js';
import { AgenciesModule } from '../agencies/agencies.module.js';
import { ProofsModule } from '../proofs/proofs.module.js';
import { removeExpired } from '../queue/remove-expired.js';
import { Sweeper } from '../queue/sweeper.js';
import { SweeperModule } from '../queue/sweeper.module.js';
import { RoutingModule } from '../routing/routing.module.js';
import { SealedSessionsModule } from '../web/sealed-sessions.module.js';
import { AsideController } from './aside.controller.js';
import { Crossroads } from './crossroads.js';
import { Drafts } from './drafts.js';
import { JourneyController } from './journey.controller.js';
import { Lodging } from './lodge.js';
import { OpenApiController } from './openapi.controller.js';
import { PassingOnModule } from './passing-on/passing-on.module.js';
import { SealOnArrival } from './seal-on-arrival.js';
import { ServiceKeysController } from './service-keys.controller.js';
import { SpeakingUpController } from './speaking-up.controller.js';
import { SubmissionsController } from './submissions.controller.js';
import { WaysController } from './ways.controller.js';
import { WriteController } from './write.controller.js';

/** The door where a person lodges. */
@Module({
  imports: [AgenciesModule, PassingOnModule, ProofsModule, RoutingModule, SealedSessionsModule, SweeperModule],
  controllers: [
    JourneyController,
    WaysController,
    SpeakingUpController,
    WriteController,
    AsideController,
    SubmissionsController,
    ServiceKeysController,
    OpenApiController,
  ],
  providers: [Crossroads, Drafts, Lodging, SealOnArrival],
})
export class IntakeModule {
  constructor(sweeper: Sweeper, database: Database) {
    sweeper.add('idempotency_keys', (limit) => removeExpired(database, 'idempotency_keys', 'key_hash', limit));
  }
}

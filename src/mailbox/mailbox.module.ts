import { Module } from '@nestjs/common';
import { KeyLogModule } from '../agencies/key-log/key-log.module.js';
import { Sweeper } from '../queue/sweeper.js';
import { SweeperModule } from '../queue/sweeper.module.js';
import { RoutingModule } from '../routing/routing.module.js';
import { SealedSessionsModule } from '../web/sealed-sessions.module.js';
import { MailboxApiController } from './mailbox-api.controller.js';
import { ProofsModule } from '../proofs/proofs.module.js';
import { MailboxPages } from './mailbox-pages.js';
import { MailboxProofs } from './mailbox-proofs.js';
import { MailboxProofsController } from './mailbox-proofs.controller.js';
import { MailboxController } from './mailbox.controller.js';
import { MailboxService } from './mailbox.service.js';
import { MailboxSessions } from './mailbox-sessions.js';
import { MailboxWords } from './mailbox-words.js';
import { RatingsApiController } from './rating/ratings-api.controller.js';
import { Ratings } from './rating/ratings.service.js';
import { ReferralAnswers } from './referral-answers.service.js';
import { ReferralWords } from './referral-words.js';
import { MailboxReferralsApiController } from './mailbox-referrals-api.controller.js';
import { MailboxReferralsController } from './mailbox-referrals.controller.js';

/** The door through which a person comes back with their receipt. */
@Module({
  imports: [KeyLogModule, ProofsModule, RoutingModule, SealedSessionsModule, SweeperModule],
  controllers: [
    MailboxController,
    MailboxApiController,
    MailboxProofsController,
    MailboxReferralsController,
    MailboxReferralsApiController,
    RatingsApiController,
  ],
  providers: [
    MailboxPages,
    MailboxProofs,
    MailboxService,
    MailboxSessions,
    MailboxWords,
    Ratings,
    ReferralAnswers,
    ReferralWords,
  ],
})
export class MailboxModule {
  constructor(sweeper: Sweeper, ratings: Ratings) {
    sweeper.add('ratings_waiting', () => ratings.enter());
  }
}

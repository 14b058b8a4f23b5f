import { Injectable } from '@nestjs/common';
import { Database } from '../../../config/database.js';
import { Settings } from '../../../config/settings.js';
import { Routing } from '../../routing/routing.service.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { acceptReferral } from './accept-referral.js';
import { declineReferral } from './decline-referral.js';
import { grantAgain } from './grant-again.js';
import { decideReview, type Decided } from './decide-review.js';
import { groundReferral } from './ground-referral.js';
import { listReferrals, type ReferralPage, type ReferralQuestion } from './list-referrals.js';
import { openReferral } from './open-referral.js';
import { proposeReferral } from './propose-referral.js';
import { readReceiver, receiversOf, type Receiver } from './read-receiver.js';
import {
  handingOn,
  readReferral,
  readReferredCase,
  readSealedReferral,
  type HandingOn,
  type ReferralInClear,
} from './read-referral.js';
import { readReview, reviewsToDecide, type ReviewInClear, type ReviewPage } from './read-reviews.js';
import { grantsNoLongerFit } from './referral-grants.js';
import type { DeclineReason } from './referral-reasons.js';
import type { ReferralWorld } from './referral-world.js';
import type { ReferralGroundCode } from './referral-grounds.js';
import { Releases } from '../releases.js';
import type { NewEpoch, NewItem, SealedCase } from '../sealed-case.js';
import type { NewGrants, NewReferral, ReferralReceiver, SealedReferral } from './sealed-referral.js';
import { withdrawReferral } from './withdraw-referral.js';

/** How a case is handed on: each verb is one transaction, and each look is audited in it. */
@Injectable()
export class ReferralsService {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly routing: Routing,
    private readonly releases: Releases,
  ) {}

  /** Agencies a case could be handed to, for the form. @see receiversOf */
  receivers(actor: StaffActor, caseId: string): Promise<readonly Receiver[]> {
    return this.database.asActor(actor, (manager) => receiversOf(manager, actor, caseId, this.#world()));
  }

  /** @see readReceiver */
  receiver(actor: StaffActor, caseId: string, agencyId: string): Promise<ReferralReceiver> {
    return this.database.asActor(actor, (manager) => readReceiver(manager, actor, caseId, agencyId, this.#world()));
  }

  /** @see proposeReferral */
  propose(actor: StaffActor, caseId: string, sent: NewReferral): Promise<void> {
    return this.database.asActor(actor, (manager) => proposeReferral(manager, actor, caseId, sent, this.#world()));
  }

  /** @see grantAgain */
  grantAgain(actor: StaffActor, id: string, sent: NewGrants): Promise<void> {
    return this.database.asActor(actor, (manager) => grantAgain(manager, actor, id, sent));
  }

  /** @see groundReferral */
  ground(actor: StaffActor, id: string, ground: ReferralGroundCode): Promise<void> {
    return this.database.asActor(actor, (manager) => groundReferral(manager, actor, id, ground));
  }

  /** @see withdrawReferral */
  withdraw(actor: StaffActor, id: string): Promise<void> {
    return this.database.asActor(actor, (manager) => withdrawReferral(manager, actor, id));
  }

  /**
   * @see acceptReferral
   * @throws {Conflict} `grant_again`, after the sender was told: that has to stay, so it is thrown behind the commit
   */
  async accept(actor: StaffActor, id: string): Promise<void> {
    const outcome = await this.database.asActor(actor, (manager) => acceptReferral(manager, actor, id));
    if (outcome === 'grant_again') throw grantsNoLongerFit();
  }

  /** @see declineReferral */
  decline(actor: StaffActor, id: string, reason: DeclineReason, item?: NewItem): Promise<void> {
    return this.database.asActor(actor, (manager) => declineReferral(manager, actor, id, reason, item));
  }

  /**
   * @see openReferral
   * @throws {Conflict} `grant_again`, as {@link accept}
   */
  async open(actor: StaffActor, id: string, epoch: NewEpoch): Promise<void> {
    const outcome = await this.database.asActor(actor, (manager) =>
      openReferral(manager, actor, id, epoch, this.#world()),
    );
    if (outcome === 'grant_again') throw grantsNoLongerFit();
  }

  /** What is in clear of a referral. @see readReferral */
  read(actor: StaffActor, id: string): Promise<ReferralInClear> {
    return this.database.asActor(actor, (manager) => readReferral(manager, actor, id));
  }

  /** @see readSealedReferral */
  readSealed(actor: StaffActor, id: string): Promise<SealedReferral> {
    return this.database.asActor(actor, (manager) => readSealedReferral(manager, actor, id));
  }

  /** @see readReferredCase */
  readCase(actor: StaffActor, id: string, after?: string): Promise<SealedCase> {
    return this.database.asActor(actor, (manager) => readReferredCase(manager, actor, id, after));
  }

  /** The way a case took, and its newest referral; for the case's page. @see handingOn */
  ofCase(actor: StaffActor, caseId: string): Promise<HandingOn> {
    return this.database.asActor(actor, (manager) => handingOn(manager, actor, caseId));
  }

  /** @see listReferrals */
  list(actor: StaffActor, question: ReferralQuestion): Promise<ReferralPage> {
    return this.database.asActor(actor, (manager) => listReferrals(manager, actor, question));
  }

  /** @see reviewsToDecide */
  reviews(actor: StaffActor, after?: string): Promise<ReviewPage> {
    return this.database.asActor(actor, (manager) => reviewsToDecide(manager, actor, this.#world(), after));
  }

  /** @see readReview */
  review(actor: StaffActor, id: string): Promise<ReviewInClear> {
    return this.database.asActor(actor, (manager) => readReview(manager, actor, id, this.#world()));
  }

  /** @see decideReview */
  decide(actor: StaffActor, id: string, decided: Decided): Promise<void> {
    return this.database.asActor(actor, (manager) => decideReview(manager, actor, id, decided, this.#world()));
  }

  #world(): ReferralWorld {
    return {
      triageAgency: this.settings.TRIAGE_AGENCY,
      directory: this.routing.directory,
      routing: this.routing,
      releases: this.releases,
    };
  }
}

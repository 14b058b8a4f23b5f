import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { AgencyKeysService } from '../agencies/agency-keys.service.js';
import { CasesService } from '../cases/cases.service.js';
import { openKeys, type DeskKeys } from '../cases/open-words.js';
import type { DeclineReason, ReferralReason } from '../cases/referrals/referral-reasons.js';
import { ReferralsService } from '../cases/referrals/referrals.service.js';
import { keysOfNote, sealDecline } from '../cases/referrals/seal-note.js';
import { sealAcceptance, sealReferral } from '../cases/referrals/seal-referral.js';
import type { EnrolledStaffMember } from '../staff/enrol-staff-member.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { openAgencyKey } from '../vault/agency-keys.js';
import { importPrivateKey, type HeldKey, type Signer } from '../vault/keys.js';

const LONGEST_WAIT_MS = 120_000;

/** What an officer says when they ask another agency to take a case over. */
export interface ToPropose {
  /** Id of the agency that is asked. */
  readonly to: string;
  readonly reason: ReferralReason;
  readonly note: string;
  readonly shareIdentity: boolean;
  /** Whether the officer says that the routing rules should have sent it there. */
  readonly rulesWrong?: boolean;
}

/** An officer who passes cases on and takes them over: in Node what their unlocked browser does. For demonstrations. */
export class OfficerAtWork {
  private constructor(
    private readonly actor: StaffActor,
    private readonly keys: DeskKeys,
    private readonly signer: Signer,
    private readonly cases: CasesService,
    private readonly referrals: ReferralsService,
  ) {}

  /** Unlocks an officer's keys, and with them those of their agency. */
  static async unlocked(app: INestApplicationContext, who: EnrolledStaffMember): Promise<OfficerAtWork> {
    const agreement = await importPrivateKey(who.agreement.privateJwk, 'agreement');
    const signer = await importPrivateKey(who.signing.privateJwk, 'signing');
    const agency = new Map<string, HeldKey>();
    for (const { kid, jwe } of await app.get(AgencyKeysService).ownGrants(who.actor)) {
      const expect = { reader: agreement.kid, sealed: kid };
      agency.set(kid, await openAgencyKey({ jwe, privateKey: agreement.privateKey, expect }));
    }
    return new OfficerAtWork(
      who.actor,
      { agreement, agency },
      signer,
      app.get(CasesService),
      app.get(ReferralsService),
    );
  }

  /** Looks into the inbox until the worker has placed a complaint there, and gives its id. */
  async complaint(reference: string): Promise<string> {
    const end = Date.now() + LONGEST_WAIT_MS;
    for (;;) {
      const { rows } = await this.cases.inbox(this.actor, 'complaint', { holder: 'all', status: 'placed' });
      const found = rows.find((row) => row.reference === reference);
      if (found) return found.id;
      if (Date.now() > end) throw new Error('A demonstration case was not placed.');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Asks another agency to take a case over. @returns the referral's id */
  async propose(caseId: string, { note: text, ...asked }: ToPropose): Promise<string> {
    const sealed = await this.cases.readSealed(this.actor, caseId);
    const receiver = await this.referrals.receiver(this.actor, caseId, asked.to);
    const opened = await openKeys(sealed, this.keys);
    const { signer } = this;
    const made = await sealReferral({ sealed, opened, signer, receiver, text, shareIdentity: asked.shareIdentity });
    const id = randomUUID();
    await this.referrals.propose(this.actor, caseId, { id, ...asked, ...made });
    return id;
  }

  /** Accepts a case that was proposed and agreed to, opens every item of it and takes it over. */
  async takeOver(referral: string): Promise<void> {
    await this.referrals.accept(this.actor, referral);
    const { readers } = await this.referrals.readSealed(this.actor, referral);
    const sealed = await this.referrals.readCase(this.actor, referral);
    const opened = await openKeys(sealed, this.keys);
    const { signer } = this;
    const epoch = await sealAcceptance({ sealed, opened, signer, items: sealed.items, readers });
    await this.referrals.open(this.actor, referral, epoch);
  }

  /** Says why the agency does not take a case, in words that the person reads too. */
  async decline(referral: string, reason: DeclineReason, words: string): Promise<void> {
    const sealed = await this.referrals.readSealed(this.actor, referral);
    const opened = await openKeys(keysOfNote(sealed), this.keys);
    await this.referrals.decline(this.actor, referral, reason, await sealDecline(sealed, opened, this.signer, words));
  }
}

import { AgencyKeysService } from '../../src/agencies/agency-keys.service.js';
import { CasesService } from '../../src/cases/cases.service.js';
import { openKeys, type DeskKeys } from '../../src/cases/open-words.js';
import type { ReferralGroundCode } from '../../src/cases/referral-grounds.js';
import { ReferralsService } from '../../src/cases/referrals.service.js';
import { keysOfNote, sealAcceptance, sealDecline, sealReferral } from '../../src/cases/seal-referral.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { openAgencyKey } from '../../src/vault/agency-keys.js';
import { importPrivateKey, type HeldKey } from '../../src/vault/keys.js';
import { openTestAgency, type TestApp } from '../support/app.js';
import type { LodgedCase } from './mailbox-app.js';

/** What is proposed. */
interface Proposal {
  readonly note?: string;
  readonly shareIdentity?: boolean;
}

/** An officer who hands cases on and takes them over, as their browser does it. */
export class Officer {
  private constructor(
    private readonly app: TestApp,
    private readonly member: EnrolledStaffMember,
  ) {}

  static of(app: TestApp, member: EnrolledStaffMember): Officer {
    return new Officer(app, member);
  }

  /** One of an agency that is opened with it. */
  static async at(app: TestApp, agencyId: string): Promise<Officer> {
    const [member] = await openTestAgency(app, agencyId);
    if (!member) throw new Error('The agency has nobody.');
    return new Officer(app, member);
  }

  get agency(): string {
    return this.member.actor.agencyId;
  }

  /** Proposes a case to another officer's agency; gives the referral's id. */
  async propose({ id: caseId }: LodgedCase, to: Officer, proposal: Proposal = {}): Promise<string> {
    const { note: text = 'Please take this over.', shareIdentity = false } = proposal;
    const { keys, signer } = await this.unlocked();
    const sealed = await this.app.app.get(CasesService, { strict: false }).readSealed(this.member.actor, caseId);
    const opened = await openKeys(sealed, keys);
    const receiver = await this.referrals.receiver(this.member.actor, caseId, to.agency);
    const made = await sealReferral({ sealed, opened, signer, receiver, text, shareIdentity });
    const id = crypto.randomUUID();
    await this.referrals.propose(this.member.actor, caseId, {
      id,
      to: to.agency,
      reason: 'better_placed',
      shareIdentity,
      ...made,
    });
    return id;
  }

  ground(id: string, ground: ReferralGroundCode): Promise<void> {
    return this.referrals.ground(this.member.actor, id, ground);
  }

  withdraw(id: string): Promise<void> {
    return this.referrals.withdraw(this.member.actor, id);
  }

  accept(id: string): Promise<void> {
    return this.referrals.accept(this.member.actor, id);
  }

  /** Opens every item and takes the case over; gives what could be read. */
  async open(id: string): Promise<void> {
    const { keys, signer } = await this.unlocked();
    const { readers } = await this.referrals.readSealed(this.member.actor, id);
    const sealed = await this.referrals.readCase(this.member.actor, id);
    const opened = await openKeys(sealed, keys);
    const epoch = await sealAcceptance({ sealed, opened, signer, items: sealed.items, readers });
    await this.referrals.open(this.member.actor, id, epoch);
  }

  /** Keys of the case that were handed out to this officer for taking it over. */
  async keysGiven(id: string): Promise<string[]> {
    const { grants } = await this.referrals.readCase(this.member.actor, id);
    return [...new Set(grants.map(({ key }) => key))].sort();
  }

  async decline(id: string, words: string): Promise<void> {
    const { keys, signer } = await this.unlocked();
    const referral = await this.referrals.readSealed(this.member.actor, id);
    const item = await sealDecline(referral, await openKeys(keysOfNote(referral), keys), signer, words);
    await this.referrals.decline(this.member.actor, id, 'no_power', item);
  }

  private get referrals(): ReferralsService {
    return this.app.app.get(ReferralsService, { strict: false });
  }

  private async unlocked(): Promise<{ keys: DeskKeys; signer: HeldKey }> {
    const { actor, agreement, signing } = this.member;
    const own = await importPrivateKey(agreement.privateJwk, 'agreement');
    const agency = new Map<string, HeldKey>();
    for (const { kid, jwe } of await this.app.app.get(AgencyKeysService, { strict: false }).ownGrants(actor)) {
      const expect = { reader: own.kid, sealed: kid };
      agency.set(kid, await openAgencyKey({ jwe, privateKey: own.privateKey, expect }));
    }
    return { keys: { agreement: own, agency }, signer: await importPrivateKey(signing.privateJwk, 'signing') };
  }
}

import { AgencyKeysService } from '../../src/agencies/agency-keys.service.js';
import { CasesService } from '../../src/cases/cases.service.js';
import { openKeys, readItem } from '../../src/cases/open-words.js';
import type { ReferralGroundCode } from '../../src/cases/referrals/referral-grounds.js';
import { ReferralsService } from '../../src/cases/referrals/referrals.service.js';
import { keysOfNote, sealDecline } from '../../src/cases/referrals/seal-note.js';
import { sealAcceptance, sealReferral } from '../../src/cases/referrals/seal-referral.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import type { JsonObject } from '../../src/vault/suite.js';
import { openTestAgency, type TestApp } from './app.js';
import { heldKeys, type HeldKeys } from './held-keys.js';

/** What is proposed. */
interface Proposal {
  readonly note?: string;
  readonly shareIdentity?: boolean;
}

/** What an officer's browser does: it holds their keys, opens sealed words, hands cases on and takes them over. */
export class Officer {
  constructor(
    private readonly app: TestApp,
    private readonly member: EnrolledStaffMember,
  ) {}

  /** One of an agency that is opened with it. */
  static async at(app: TestApp, agencyId: string): Promise<Officer> {
    return (await Officer.bothAt(app, agencyId))[0];
  }

  /** Both of them. */
  static async bothAt(app: TestApp, agencyId: string): Promise<[Officer, Officer]> {
    const [first, second] = await openTestAgency(app, agencyId);
    if (!first || !second) throw new Error('The agency has too few people.');
    return [new Officer(app, first), new Officer(app, second)];
  }

  get agency(): string {
    return this.member.actor.agencyId;
  }

  /** What every item of a case says, by kind; null where this officer cannot open it. */
  async read(caseId: string): Promise<Record<string, JsonObject | null>> {
    const sealed = await this.cases.readSealed(this.member.actor, caseId);
    const opened = await openKeys(sealed, await this.keys());
    const items = await Promise.all(sealed.items.map((item) => readItem(caseId, item, opened)));
    return Object.fromEntries(items.map(({ kind, content }) => [kind, content]));
  }

  /** Proposes a case to another officer's agency; gives the referral's id. */
  async propose({ id: caseId }: { readonly id: string }, to: Officer, proposal: Proposal = {}): Promise<string> {
    const { note: text = 'Please take this over.', shareIdentity = false } = proposal;
    const keys = await this.keys();
    const sealed = await this.cases.readSealed(this.member.actor, caseId);
    const opened = await openKeys(sealed, keys);
    const receiver = await this.referrals.receiver(this.member.actor, caseId, to.agency);
    const made = await sealReferral({ sealed, opened, signer: keys.signing, receiver, text, shareIdentity });
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

  /** Opens every item and takes the case over. */
  async open(id: string): Promise<void> {
    const keys = await this.keys();
    const { readers } = await this.referrals.readSealed(this.member.actor, id);
    const sealed = await this.referrals.readCase(this.member.actor, id);
    const opened = await openKeys(sealed, keys);
    const epoch = await sealAcceptance({ sealed, opened, signer: keys.signing, items: sealed.items, readers });
    await this.referrals.open(this.member.actor, id, epoch);
  }

  /** Keys of the case that were handed out to this officer for taking it over. */
  async keysGiven(id: string): Promise<string[]> {
    const { grants } = await this.referrals.readCase(this.member.actor, id);
    return [...new Set(grants.map(({ key }) => key))].sort();
  }

  async decline(id: string, words: string): Promise<void> {
    const keys = await this.keys();
    const referral = await this.referrals.readSealed(this.member.actor, id);
    const item = await sealDecline(referral, await openKeys(keysOfNote(referral), keys), keys.signing, words);
    await this.referrals.decline(this.member.actor, id, 'no_power', item);
  }

  private get cases(): CasesService {
    return this.app.app.get(CasesService, { strict: false });
  }

  private get referrals(): ReferralsService {
    return this.app.app.get(ReferralsService, { strict: false });
  }

  private async keys(): Promise<HeldKeys> {
    const grants = await this.app.app.get(AgencyKeysService, { strict: false }).ownGrants(this.member.actor);
    return heldKeys(this.member, grants);
  }
}

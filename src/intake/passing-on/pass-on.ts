import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../../config/database.js';
import { custodiansAmong } from '../../agencies/identity-readers.js';
import { KeyLog } from '../../agencies/key-log/key-log.js';
import { currentReaders, type Reader } from '../../agencies/readers.js';
import { CasesService } from '../../cases/cases.service.js';
import { isEnded } from '../../cases/referrals/referral-status.js';
import { ReferralsService } from '../../cases/referrals/referrals.service.js';
import { makeReference } from '../../cases/case-reference.js';
import { todayInAuckland } from '../../clocks/calendar.js';
import { Routing } from '../../routing/routing.service.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import type { ReadersProof } from '../../vault/key-heads.js';
import { Conflict, NotFound } from '../../web/errors.js';
import { checkSealed } from '../check-sealed.js';
import { readersWithout } from '../exclusions.js';
import { IdempotentRequest } from '../idempotency.js';
import { storeCase } from '../store-case.js';
import { alreadyLodged, isThere, storeOnce, type Claim } from '../store-once.js';
import type { SealedSubmission } from '../submission.js';
import { mayPassOn } from './passing-on.policy.js';

/** To whom an officer's browser seals what is passed on. */
export interface ToPassOn {
  readonly agency: { readonly id: string; readonly name: string };
  /** The disclosure officers and their recovery key; empty where the agency takes no disclosures here. */
  readonly readers: readonly Reader[];
  readonly namesApart: boolean;
  readonly proof: ReadersProof | null;
  /** YYYY-MM-DD in Pacific/Auckland. */
  readonly day: string;
}

/** What is answered once it is stored. */
export interface PassedOn {
  readonly reference: string;
}

/**
 * Takes in, as a new disclosure, what came to an agency as a complaint. It is lodged as the person's own, in a mailbox made
 * for them, and nothing in clear joins it to the complaint, to the officer or to the moment: whoever passes it on says in
 * the sealed words where it is from (sections 9 and 13: nobody has to have called it a disclosure).
 */
@Injectable()
export class PassingOn {
  constructor(
    private readonly database: Database,
    private readonly routing: Routing,
    private readonly keyLog: KeyLog,
    private readonly cases: CasesService,
    private readonly referrals: ReferralsService,
  ) {}

  /**
   * Whether something is open beside a complaint that keeps it from being closed, and so from being passed on.
   *
   * @throws {NotFound} also to those who may not know of the case, and of a part, which is passed on with its whole
   */
  async isOpenBeside(actor: StaffActor, id: string): Promise<boolean> {
    const { whole, parts } = await this.cases.related(actor, id);
    if (whole) throw new NotFound();
    const { referral } = await this.referrals.ofCase(actor, id);
    return parts.some(({ status }) => status !== 'closed') || (referral !== null && !isEnded(referral.state));
  }

  /** @throws {NotFound} to those who may not pass anything on */
  async toPassOn(actor: StaffActor): Promise<ToPassOn> {
    if (!mayPassOn(actor)) throw new NotFound();
    const { agencyId } = actor;
    const readers = await this.database.asActor({ kind: 'public' }, (manager) => disclosureReaders(manager, agencyId));
    return {
      agency: { id: agencyId, name: this.routing.directory.nameOf(agencyId) },
      readers,
      namesApart: custodiansAmong(readers).length > 0,
      proof: await this.keyLog.proofOf(agencyId),
      day: todayInAuckland(),
    };
  }

  /**
   * Stores what was passed on. Sent again with the same key it is answered as the first time.
   *
   * @param key the header `Idempotency-Key`
   * @throws {NotFound} to those who may not pass anything on
   * @throws {Invalid} naming each part that is not sealed as it must be
   * @throws {Conflict} `not_open` where nobody there takes disclosures; `already_lodged`; `idempotency_key_reused`
   */
  async passOn(
    actor: StaffActor,
    sent: SealedSubmission & { readonly excluded?: readonly string[] },
    key: string | undefined,
  ): Promise<PassedOn> {
    if (!mayPassOn(actor)) throw new NotFound();
    const { agencyId } = actor;
    const { excluded = [], ...parts } = sent;
    const request = new IdempotentRequest(key, sent);
    return storeOnce(this.database, request, parts.sealed.case, (manager, claim) =>
      this.store(manager, { agencyId, parts, excluded }, claim),
    );
  }

  private async store(
    manager: EntityManager,
    { agencyId, parts, excluded }: { agencyId: string; parts: SealedSubmission; excluded: readonly string[] },
    claim: Claim,
  ): Promise<PassedOn> {
    try {
      const readers = await disclosureReaders(manager, agencyId);
      if (readers.length === 0) throw new Conflict('not_open', 'Your agency does not take disclosures here.');
      checkSealed(parts, readersWithout(readers, 'disclosure', excluded), 'disclosure');
    } catch (error) {
      // Who reads there may have changed since it was stored, and what is there is not to be made again.
      throw (await isThere(manager, parts.sealed.case)) ? alreadyLodged() : error;
    }
    const answer: PassedOn = { reference: makeReference() };
    await claim(answer);
    await storeCase(manager, {
      parts,
      excluded,
      reference: answer.reference,
      agencyId,
      path: 'disclosure',
      delivery: 'direct',
      facets: null,
      ruleset: this.routing.ruleset.version,
      rules: [],
      decidedFor: null,
      chosen: null,
      sealedWhere: 'browser',
      lodgedOn: todayInAuckland(),
    });
    return answer;
  }
}

async function disclosureReaders(manager: EntityManager, agencyId: string): Promise<readonly Reader[]> {
  const found = await currentReaders(manager, agencyId);
  return found?.open ? found.disclosures : [];
}

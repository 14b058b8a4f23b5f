import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import { custodiansAmong } from '../agencies/identity-readers.js';
import { KeyLog } from '../agencies/key-log/key-log.js';
import type { CasePath, Delivery } from '../cases/case.entity.js';
import { makeReference } from '../cases/case-reference.js';
import { todayInAuckland } from '../clocks/calendar.js';
import { clockFor } from '../clocks/open-clock.js';
import { Promises } from '../proofs/promises.js';
import type { Decision } from '../routing/decide.js';
import type { Facets } from '../routing/facets.js';
import { Routing } from '../routing/routing.service.js';
import { READS } from '../vault/key-log.js';
import type { SignedPromise } from '../vault/proof-file.js';
import { Invalid, Stopped } from '../web/errors.js';
import { checkSealed } from './check-sealed.js';
import { isAddressAt } from './address-at.js';
import { readersWithout } from './exclusions.js';
import { chooseReceiver, wantedDestination, websitesOf, type Receiver } from './choose-receiver.js';
import type { IdempotentRequest } from './idempotency.js';
import { SealOnArrival } from './seal-on-arrival.js';
import { storeCase } from './store-case.js';
import { storeOnce, type Claim } from './store-once.js';
import type { SealedSubmission, Submission } from './submission.js';

/** What is lodged, and what the person chose about its way. */
export interface ToLodge {
  readonly facets: unknown;
  readonly destination?: string | undefined;
  readonly delivery?: Delivery | undefined;
  /** Kids of those whom the person leaves out. */
  readonly excluded?: readonly string[] | undefined;
  /** The way that the page showed before the words were sent in clear; they go no other. */
  readonly shown?: string | undefined;
  readonly submission: Submission;
}

/** What the person is told once their case is stored. */
export interface Lodged {
  readonly reference: string;
  /** Only when sealed on arrival; a client that sealed has made its own. */
  readonly receipt?: string;
  readonly destination: { readonly id: string; readonly name: string };
  readonly delivery: Delivery;
  /** YYYY-MM-DD in Pacific/Auckland. */
  readonly dueOn: string;
  readonly proof: SignedPromise;
}

/** A decision that lets a case in. */
type OpenDecision = Decision & { readonly path: CasePath };

/** What was asked, and what was decided from it. */
interface Asked extends ToLodge {
  readonly facets: Facets;
  readonly decision: OpenDecision;
  /** YYYY-MM-DD in Pacific/Auckland. */
  readonly lodgedOn: string;
}

/** All that can be made before anything is written. */
interface Ready {
  readonly parts: SealedSubmission;
  readonly receipt?: string;
  readonly proof: SignedPromise;
}

/** Takes submissions in. */
@Injectable()
export class Lodging {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly routing: Routing,
    private readonly keyLog: KeyLog,
    private readonly promises: Promises,
    private readonly sealOnArrival: SealOnArrival,
  ) {}

  /**
   * Lodges a submission: one transaction holds the case, its items and grants, the audit entry, the first job and the
   * answer to a repeat. The answer is given after the commit, never before.
   *
   * @throws {Stopped} when the decision is to stop; nothing is stored
   * @throws {Invalid} naming each field that cannot be used
   * @throws {Conflict} when the idempotency key came with another body, the same sealed parts were lodged before, or
   *   nobody can receive it; `keys_not_logged` when what arrived in clear would be sealed to a key that is not logged
   */
  async lodge(toLodge: ToLodge, request: IdempotentRequest): Promise<Lodged> {
    const facets = this.parse(toLodge.facets);
    const decision = this.decide(facets);
    const asked: Asked = { ...toLodge, facets, decision, lodgedOn: todayInAuckland() };
    const ready = await this.ready(asked, request);
    if ('reference' in ready) return ready;
    const { case: caseId } = ready.parts.sealed;
    return storeOnce(this.database, request, caseId, (manager, claim) => this.store(manager, asked, ready, claim));
  }

  private parse(sent: unknown): Facets {
    try {
      return this.routing.parse(sent);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      const within = (field: string): string => (field === 'facets' ? field : `facets.${field}`);
      throw new Invalid(error.fields.map((wrong) => ({ ...wrong, field: within(wrong.field) })));
    }
  }

  private decide(facets: Facets): OpenDecision {
    const decision = this.routing.decide(facets);
    const { path } = decision;
    if (decision.outcome === 'stop' || path === null) {
      throw new Stopped(
        decision.warnings.map(({ code, text }) => ({ field: 'facets', code, message: text })),
        'This cannot be taken here. Nothing was stored.',
      );
    }
    return { ...decision, path };
  }

  /**
   * Does all that takes long before the transaction begins: sealing what arrived in clear, and signing the promise.
   *
   * @returns the answer, where the request was answered before
   */
  private async ready(asked: Asked, request: IdempotentRequest): Promise<Ready | Lodged> {
    const { submission } = asked;
    if (submission.kind === 'sealed') {
      const { parts } = submission;
      return { parts, proof: await this.promises.sign(parts.sealed.commitment) };
    }
    const begun = await this.database.asActor({ kind: 'public' }, async (manager) => {
      const earlier = await request.earlierAnswer<Lodged>(manager);
      const receiver = await this.receiverOf(manager, asked);
      const { agencyId, readers } = receiver;
      if (!earlier) await this.keyLog.requireLogged(manager, agencyId, READS[asked.decision.path], readers);
      return { earlier, receiver };
    });
    if (begun.earlier) return begun.earlier;
    const { agencyId, destination, readers } = begun.receiver;
    const { facets, lodgedOn, shown } = asked;
    if (shown !== undefined && shown !== wayOf(asked.decision.path, begun.receiver)) throw wayChanged();
    this.refuseAddressAt([facets.about, destination.id, agencyId], submission.notify);
    const { parts, receipt } = await this.sealOnArrival.seal({
      ...submission,
      facets: sealedFacets(facets, asked.decision.path, asked.destination),
      readers,
      receiver: agencyId,
      day: lodgedOn,
    });
    return { parts, receipt, proof: await this.promises.sign(parts.sealed.commitment) };
  }

  /** Who receives it, and of its readers those whom the person does not leave out. */
  private async receiverOf(
    manager: EntityManager,
    { decision, destination, delivery, excluded = [] }: Asked,
  ): Promise<Receiver> {
    const receiver = await chooseReceiver(manager, this.routing.directory, this.settings.TRIAGE_AGENCY, {
      path: decision.path,
      decision,
      chosen: destination,
      delivery,
    });
    return { ...receiver, readers: readersWithout(receiver.readers, decision.path, excluded) };
  }

  /** Mail there would tell the organisation who wrote. */
  private refuseAddressAt(ids: readonly string[], address: string | undefined): void {
    if (address === undefined || !isAddressAt(address, websitesOf(this.routing.directory, ids))) return;
    throw new Invalid([
      { field: 'notify', code: 'at_organisation', message: 'Do not use an address at the organisation concerned.' },
    ]);
  }

  private async store(
    manager: EntityManager,
    asked: Asked,
    { parts, receipt, proof }: Ready,
    claim: Claim,
  ): Promise<Lodged> {
    const { facets, decision, submission, lodgedOn, excluded = [] } = asked;
    const { path, ruleset, rules } = decision;
    const { agencyId, delivery, destination, readers } = await this.receiverOf(manager, asked);
    checkSealed(parts, readers, path);

    const answer: Lodged = {
      reference: makeReference(),
      ...(receipt === undefined ? {} : { receipt }),
      destination,
      delivery,
      dueOn: clockFor({ path, delivery }, lodgedOn, this.routing.directory.get(agencyId)?.standard?.workingDays).dueOn,
      proof,
    };
    await claim(answer);

    await storeCase(manager, {
      parts,
      reference: answer.reference,
      agencyId,
      path,
      delivery,
      facets,
      ruleset,
      rules,
      decidedFor: wantedDestination(decision, undefined),
      chosen: asked.destination ?? null,
      sealedWhere: submission.kind === 'sealed' ? 'browser' : 'arrival',
      lodgedOn,
      excluded,
    });
    return answer;
  }
}

/** Who a case goes to and how, and whether its readers keep names apart, as one code for a form to send back. */
export function wayOf(
  path: CasePath,
  { agencyId, destination, readers }: Pick<Receiver, 'agencyId' | 'destination' | 'readers'>,
): string {
  const apart = custodiansAmong(readers).length > 0 ? '.names_apart' : '';
  return `${path}.${agencyId}.${destination.id}${apart}`;
}

/** The rules changed, or an agency opened or closed its door, while the person wrote. */
function wayChanged(): Invalid {
  return new Invalid([
    {
      field: 'way',
      code: 'way_changed',
      message: 'Where this goes has changed while you wrote. Look at who it goes to now. Nothing was sent.',
    },
  ]);
}

/** What is sealed beside the words: of a disclosure the person's own choice too, which stands nowhere in clear. */
function sealedFacets(facets: Facets, path: CasePath, chosen: string | undefined): Readonly<Record<string, string>> {
  return path === 'disclosure' && chosen !== undefined ? { ...facets, destination: chosen } : facets;
}

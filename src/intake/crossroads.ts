import { Injectable } from '@nestjs/common';
import { Database } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import type { Claim, DirectoryEntry } from '../agencies/directory.js';
import type { CasePath, Delivery } from '../cases/case.entity.js';
import type { Decision } from '../routing/decide.js';
import { Routing } from '../routing/routing.service.js';
import { Conflict, type FieldError, Invalid, NotFound } from '../web/errors.js';
import type { Language } from '../web/translations.js';
import { chooseReceiver, type Receiver } from './choose-receiver.js';
import type { Draft } from './drafts.js';
import { FEWEST_LEFT, peopleAmong, readersWithout } from './exclusions.js';
import { type WorkLink, workLinkOf } from './journey.js';
import type { ChoiceDto } from './journey.dto.js';

/** Somebody who would read a disclosure, as the agency publishes who that is. */
interface NamedReader {
  readonly kid: string;
  readonly label: string;
  readonly excluded: boolean;
}

/** What the decision page shows before the first word is written. */
export interface DecisionPage {
  readonly decision: Decision;
  readonly path: CasePath;
  /** Whether the person said that they have the link through work that the Act asks for. */
  readonly workLink: WorkLink;
  /** The person's own choice, where they made one. */
  readonly chosen: string | undefined;
  /** Where it would go now: the decision's, or the person's own choice. */
  readonly destination: { readonly id: string; readonly name: string } | null;
  readonly website: DirectoryEntry['website'];
  /** What it wants first, where a source confirms it. */
  readonly precondition: string | undefined;
  /** Whether it may want something first, or within some time, that no source confirms. */
  readonly unconfirmed: boolean;
  /** Who receives it; null where nobody can yet. */
  readonly receiver: {
    readonly name: string;
    readonly delivery: 'direct' | 'triage_desk';
    readonly people: number;
    readonly onPaper: boolean;
  } | null;
  /** Who would read it, each of whom the person may leave out; nobody by name reads a complaint. */
  readonly named: readonly NamedReader[];
  /** Whether one of them can be left out and enough are left. */
  readonly namedToSpare: boolean;
  /** Whether somebody whom the person left out is not among them any more: they have to look again. */
  readonly namedChanged: boolean;
  /** Whether the desk would receive a disclosure, although the Act does not name it. */
  readonly deskOutsideTheAct: boolean;
  /** Everyone it may be sent to instead. */
  readonly others: readonly { readonly id: string; readonly name: string }[];
}

/**
 * Whether a disclosure lies with somebody whom the Protected Disclosures (Protection of Whistleblowers) Act 2022 does not
 * name as a receiver: its protections, and section 13, may then not hold yet.
 */
export function outsideTheAct(path: CasePath, delivery: Delivery): boolean {
  return path === 'disclosure' && delivery !== 'direct';
}

/** What a claim says, if a source confirms it; what is only remembered is no fact to show. */
export function sourced(claim: Claim | undefined): string | undefined {
  return claim?.confidence === 'sourced' ? claim.text : undefined;
}

/** The point where a person sees where their case goes and why, and may choose otherwise. */
@Injectable()
export class Crossroads {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly routing: Routing,
  ) {}

  /** @throws {NotFound} when the answers lead to a stop, which the gates show and this page never does */
  async page(draft: Draft, lang: Language): Promise<DecisionPage> {
    const decision = this.routing.decide(this.routing.parse(draft.answers), lang);
    if (decision.path === null) throw new NotFound();
    const { directory } = this.routing;
    const id = draft.destination ?? decision.destination?.id;
    const entry = id === undefined ? undefined : directory.get(id);
    const receiver = await this.receiver(draft, decision);
    return {
      decision,
      path: decision.path,
      workLink: workLinkOf(draft.answers.relationship),
      chosen: draft.destination,
      destination: entry ? { id: entry.id, name: directory.nameOf(entry.id, lang) } : null,
      website: entry?.website,
      precondition: sourced(entry?.precondition),
      unconfirmed: [entry?.precondition, entry?.timeLimit].some((claim) => claim && sourced(claim) === undefined),
      receiver: receiver && {
        name: directory.nameOf(receiver.agencyId, lang),
        delivery: receiver.delivery,
        people: peopleAmong(receiver.readers).length,
        onPaper: receiver.onPaper,
      },
      ...namedReaders(decision.path, receiver, draft.excluded),
      deskOutsideTheAct: receiver !== null && outsideTheAct(decision.path, receiver.delivery),
      others: directory.listed(lang).filter(({ id: other }) => !decision.withheld.includes(other)),
    };
  }

  /** Who would receive a draft now, and under which keys; null where nobody can yet. */
  async receiver(draft: Draft, decision: Decision): Promise<Receiver | null> {
    const { path } = decision;
    if (path === null) return null;
    try {
      return await this.database.asActor({ kind: 'public' }, (manager) =>
        chooseReceiver(manager, this.routing.directory, this.settings.TRIAGE_AGENCY, {
          path,
          decision,
          chosen: draft.destination,
          delivery: draft.delivery,
        }),
      );
    } catch (error) {
      if (error instanceof Conflict) return null;
      throw error;
    }
  }

  /**
   * What is wrong with a choice: an agency that is not in the directory, or that this may not go to, or too few people left
   * there to read it.
   */
  async problemsOf(chosen: Draft): Promise<readonly FieldError[] | null> {
    try {
      const decision = this.routing.decide(this.routing.parse(chosen.answers));
      const receiver = await this.receiver(chosen, decision);
      if (receiver && decision.path) readersWithout(receiver.readers, decision.path, chosen.excluded ?? []);
      return null;
    } catch (error) {
      if (error instanceof Invalid) return error.fields;
      throw error;
    }
  }

  /** The draft with what was chosen; a choice of the decided agency is no choice. */
  chosen({ answers }: Draft, { destination, way, excluded }: ChoiceDto): Draft {
    const writes = way === 'send' || way === 'triage_desk';
    return {
      answers,
      ...(destination === undefined || destination === '' ? {} : { destination }),
      ...(way === 'triage_desk' ? { delivery: way } : {}),
      ...(writes && excluded ? { excluded } : {}),
    };
  }
}

/** The people among a disclosure's readers, and which of them the person leaves out. */
export function namedReaders(
  path: CasePath,
  receiver: Receiver | null,
  excluded: readonly string[] = [],
): Pick<DecisionPage, 'named' | 'namedToSpare' | 'namedChanged'> {
  const people = path === 'disclosure' && receiver ? peopleAmong(receiver.readers) : [];
  return {
    named: people.map(({ kid, label }) => ({ kid, label, excluded: excluded.includes(kid) })),
    namedToSpare: people.length > FEWEST_LEFT,
    namedChanged: excluded.some((kid) => !people.some((person) => person.kid === kid)),
  };
}

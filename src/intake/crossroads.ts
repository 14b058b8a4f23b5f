import { Injectable } from '@nestjs/common';
import { Database } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import type { Decision } from '../routing/decide.js';
import { Routing } from '../routing/routing.service.js';
import { Conflict, type FieldError, Invalid, NotFound } from '../web/errors.js';
import type { Language } from '../web/translations.js';
import { chooseReceiver, type Receiver, wantedDestination } from './choose-receiver.js';
import type { Draft } from './drafts.js';
import type { ChoiceDto } from './journey.dto.js';

/** What the decision page shows before the first word is written. */
export interface DecisionPage {
  readonly decision: Decision;
  /** The person's own choice, where they made one. */
  readonly chosen: string | undefined;
  /** Where it would go now: the decision's, or the person's own choice. */
  readonly destination: { readonly id: string; readonly name: string } | null;
  readonly website: string | undefined;
  readonly precondition: string | undefined;
  /** Who receives it; null where nobody can yet. */
  readonly receiver: {
    readonly name: string;
    readonly delivery: 'direct' | 'triage_desk';
    readonly people: number;
  } | null;
  /** Everyone it may be sent to instead. */
  readonly others: readonly { readonly id: string; readonly name: string }[];
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
      chosen: draft.destination,
      destination: entry ? { id: entry.id, name: directory.nameOf(entry.id, lang) } : null,
      website: entry?.website?.domain,
      precondition: entry?.precondition?.text,
      receiver: receiver && {
        name: directory.nameOf(receiver.agencyId, lang),
        delivery: receiver.delivery,
        people: receiver.readers.length,
      },
      others: directory
        .all()
        .filter(({ kind }) => kind !== 'guard_entry' && kind !== 'desk')
        .map((other) => ({ id: other.id, name: directory.nameOf(other.id, lang) }))
        .sort((a, b) => a.name.localeCompare(b.name, lang)),
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
          destination: wantedDestination(decision, draft.destination),
          delivery: draft.delivery,
        }),
      );
    } catch (error) {
      if (error instanceof Conflict) return null;
      throw error;
    }
  }

  /** What is wrong with a choice: an agency that is not in the directory, or that no first complaint may go to. */
  async problemsOf(chosen: Draft): Promise<readonly FieldError[] | null> {
    try {
      await this.receiver(chosen, this.routing.decide(this.routing.parse(chosen.answers)));
      return null;
    } catch (error) {
      if (error instanceof Invalid) return error.fields;
      throw error;
    }
  }

  /** The draft with what was chosen; a choice of the decided agency is no choice. */
  chosen({ answers }: Draft, { destination, way }: ChoiceDto): Draft {
    return {
      answers,
      ...(destination === undefined || destination === '' ? {} : { destination }),
      ...(way === 'triage_desk' ? { delivery: way } : {}),
    };
  }
}

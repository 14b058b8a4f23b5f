import { Injectable } from '@nestjs/common';
import { Database } from '../../config/database.js';
import type { CaseStatus } from '../cases/case-status.js';
import type { Days } from '../cases/register/days.dto.js';
import type { StaffActor } from '../staff/staff-actor.js';
import type { Closing } from './closing.js';
import { closeDisclosure, reopenDisclosure } from './close-disclosure.js';
import { readDuties, type Duties } from './read-duties.js';
import type { Standing } from './duty-steps.js';
import { listNoAction, type DecisionPage } from './list-decisions.js';
import { listDue, listLate, type DuePage, type DueRow } from './list-due.js';
import { listWithheld, type WithheldPage } from './list-withheld.js';
import type { NewStep, SentStep } from './new-step.js';
import { dutyRounds } from './read-steps.js';
import { takeStep } from './take-step.js';

/** What a page of the list of disclosures shows besides: what is late at all, and what comes next on each of its lines. */
export interface OfList {
  readonly late: readonly DueRow[];
  readonly next: ReadonlyMap<string, NonNullable<Standing['next']>>;
}

/** What disclosure officers do under section 13: each verb is one transaction, and each look is audited in it. */
@Injectable()
export class DutiesService {
  constructor(private readonly database: Database) {}

  /** @see readDuties */
  read(actor: StaffActor, id: string): Promise<Duties> {
    return this.database.asActor(actor, (manager) => readDuties(manager, actor, id));
  }

  /** @see takeStep */
  take(actor: StaffActor, id: string, kind: NewStep['kind'], sent: SentStep): Promise<void> {
    return this.database.asActor(actor, (manager) => takeStep(manager, actor, id, { kind, ...sent }));
  }

  /** @see closeDisclosure */
  close(actor: StaffActor, id: string, closing: Closing): Promise<void> {
    return this.database.asActor(actor, (manager) => closeDisclosure(manager, actor, id, closing));
  }

  /** @see reopenDisclosure */
  reopen(actor: StaffActor, id: string): Promise<void> {
    return this.database.asActor(actor, (manager) => reopenDisclosure(manager, actor, id));
  }

  /** What is late, and what comes next on some disclosures that the actor was just shown. */
  ofList(actor: StaffActor, shown: readonly { id: string; status: CaseStatus }[]): Promise<OfList> {
    return this.database.asActor(actor, async (manager) => {
      const rounds = await dutyRounds(manager, shown);
      const next = [...rounds].flatMap(([id, { standing }]) => (standing.next ? [[id, standing.next] as const] : []));
      return { late: await listLate(manager, actor), next: new Map(next) };
    });
  }

  /** @see listDue */
  due(actor: StaffActor, after?: string): Promise<DuePage> {
    return this.database.asActor(actor, (manager) => listDue(manager, actor, after));
  }

  /** @see listWithheld */
  withheld(actor: StaffActor, days: Days, after?: string): Promise<WithheldPage> {
    return this.database.asActor(actor, (manager) => listWithheld(manager, actor, days, after));
  }

  /** @see listNoAction */
  noAction(actor: StaffActor, after?: string): Promise<DecisionPage> {
    return this.database.asActor(actor, (manager) => listNoAction(manager, actor, after));
  }
}

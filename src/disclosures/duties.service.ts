import { Injectable } from '@nestjs/common';
import { Database } from '../../config/database.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { closeDisclosure, reopenDisclosure } from './close-disclosure.js';
import { readDuties, type Duties } from './read-duties.js';
import type { NewStep, SentStep } from './new-step.js';
import { takeStep } from './take-step.js';

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
  close(actor: StaffActor, id: string): Promise<void> {
    return this.database.asActor(actor, (manager) => closeDisclosure(manager, actor, id));
  }

  /** @see reopenDisclosure */
  reopen(actor: StaffActor, id: string): Promise<void> {
    return this.database.asActor(actor, (manager) => reopenDisclosure(manager, actor, id));
  }
}

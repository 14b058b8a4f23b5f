import { Injectable } from '@nestjs/common';
import { Database } from '../../../config/database.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { makeReview, type NewReview } from './make-review.js';
import { readSupport, type SupportRead } from './read-support.js';

/** What disclosure officers do so that nobody is punished for a disclosure: each verb is one transaction. */
@Injectable()
export class SupportService {
  constructor(private readonly database: Database) {}

  /** @see readSupport */
  read(actor: StaffActor, id: string): Promise<SupportRead> {
    return this.database.asActor(actor, (manager) => readSupport(manager, actor, id));
  }

  /** @see makeReview */
  review(actor: StaffActor, id: string, kind: NewReview['kind'], sent: Omit<NewReview, 'kind'>): Promise<void> {
    return this.database.asActor(actor, (manager) => makeReview(manager, actor, id, { kind, ...sent }));
  }
}

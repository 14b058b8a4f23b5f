import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { append } from '../../audit/audit.js';
import { todayInAuckland } from '../../clocks/calendar.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { isUuid } from '../../vault/form.js';
import { Forbidden, NotFound } from '../../web/errors.js';
import type { Month } from '../cubes/months.js';
import { mayRecordLearning } from '../figures.policy.js';
import { LearningAction, type LearningKind } from './learning-action.entity.js';

/** What was changed, about what, and since when. */
export interface NewLearning {
  readonly topic: string;
  readonly kind: LearningKind;
  readonly month: Month;
}

/**
 * Writes down what the actor's agency changed. Sent a second time it is there once.
 *
 * @throws {Forbidden} to all but its leads and analysts
 */
export async function recordLearning(manager: EntityManager, actor: StaffActor, made: NewLearning): Promise<void> {
  if (!mayRecordLearning(actor)) throw new Forbidden();
  const rows = await manager.query<unknown[]>(
    `INSERT INTO learning_actions (id, agency_id, topic, kind, month, made_by, made_on)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING id`,
    [randomUUID(), actor.agencyId, made.topic, made.kind, made.month, actor.staffId, todayInAuckland()],
  );
  if (rows.length > 0) await append(manager, { action: 'figures.learning_recorded', actor, subject: made.topic });
}

/**
 * Takes back what was written down by mistake.
 *
 * @throws {NotFound} where there is no such thing at the actor's agency
 * @throws {Forbidden} to all but its leads and analysts
 */
export async function takeLearningBack(manager: EntityManager, actor: StaffActor, id: string): Promise<void> {
  if (!mayRecordLearning(actor)) throw new Forbidden();
  if (!isUuid(id)) throw new NotFound();
  const { affected } = await manager.delete(LearningAction, { id });
  if (affected === 0) throw new NotFound();
  await append(manager, { action: 'figures.learning_taken_back', actor, subject: id });
}

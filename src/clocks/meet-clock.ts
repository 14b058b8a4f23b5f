import { IsNull, type EntityManager } from 'typeorm';
import { todayInAuckland } from './calendar.js';
import { Clock, type ClockKind } from './clock.entity.js';

/**
 * Stops a clock of a case: what was due was done today. The first time counts; without such a clock nothing happens.
 *
 * @param kind what was done, as the clock calls it
 */
export async function meetClock(manager: EntityManager, caseId: string, kind: ClockKind): Promise<void> {
  await manager.update(Clock, { caseId, kind, metOn: IsNull(), stoppedOn: IsNull() }, { metOn: todayInAuckland() });
}

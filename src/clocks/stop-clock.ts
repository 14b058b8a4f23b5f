import { IsNull, type EntityManager } from 'typeorm';
import { todayInAuckland } from './calendar.js';
import { Clock } from './clock.entity.js';

/**
 * Stops every clock of a case today, met or not: another agency has taken it over, and has a clock of its own. A clock
 * that was stopped keeps its day.
 */
export async function stopClocks(manager: EntityManager, caseId: string): Promise<void> {
  await manager.update(Clock, { caseId, stoppedOn: IsNull() }, { stoppedOn: todayInAuckland() });
}

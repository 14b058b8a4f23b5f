import type { EntityManager } from 'typeorm';
import type { Case } from '../../cases/case.entity.js';
import { supportOf } from './read-support.js';
import { nextWorkingDay } from './set-support-due.js';

/** What about support stands in the way of closing a disclosure, as codes with words under `duties.notClosed`. */
export async function supportMissing(manager: EntityManager, found: Case): Promise<readonly string[]> {
  const support = await supportOf(manager, found);
  if (!support) return [];
  const { reviews, dueOn } = support;
  const codes = [];
  if (!reviews.some(({ kind }) => kind === 'assessment')) codes.push('no_assessment');
  if (!reviews.some(({ kind }) => kind === 'plan')) codes.push('no_plan');
  // Closing would put it off: perhaps the person has just asked for it.
  if (dueOn !== null && dueOn <= nextWorkingDay()) codes.push('support_due');
  return codes;
}

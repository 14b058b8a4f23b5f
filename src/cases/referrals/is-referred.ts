import type { EntityManager } from 'typeorm';
import { Referral } from './referral.entity.js';
import { UNDER_WAY } from './referral-status.js';

/** Whether another agency has been asked to take a case, and it is not decided yet. */
export function isReferred(manager: EntityManager, caseId: string): Promise<boolean> {
  return manager.existsBy(
    Referral,
    UNDER_WAY.map((state) => ({ caseId, state })),
  );
}

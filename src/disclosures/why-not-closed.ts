import type { EntityManager } from 'typeorm';
import type { Case } from '../cases/case.entity.js';
import { isReferred } from '../cases/referrals/is-referred.js';
import { releasesOpen } from './identity/releases-open.js';
import { dutyRound } from './read-steps.js';
import { supportMissing } from './support/why-not-supported.js';

/** Why a disclosure cannot be closed: a code with words under `duties.notClosed`. */
type WhyNot = (manager: EntityManager, found: Case) => Promise<readonly string[]>;

/** All that may stand in the way of closing a disclosure. Whoever knows of one more adds it here, with words for its codes. */
const WHY_NOT: readonly WhyNot[] = [stepsMissing, referralUnderWay, releasesOpen, supportMissing];

/** Everything that stands in the way of closing a disclosure, as codes; nothing where it can be closed. */
export async function whyNotClosed(manager: EntityManager, found: Case): Promise<string[]> {
  const codes: string[] = [];
  for (const whyNot of WHY_NOT) codes.push(...(await whyNot(manager, found)));
  return codes;
}

async function stepsMissing(manager: EntityManager, found: Case): Promise<readonly string[]> {
  return (await dutyRound(manager, found))?.standing.missing ?? ['not_placed'];
}

async function referralUnderWay(manager: EntityManager, found: Case): Promise<readonly string[]> {
  return (await isReferred(manager, found.id)) ? ['referral_under_way'] : [];
}

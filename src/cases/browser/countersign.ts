import { askStaff } from '../../staff/browser/ask-staff.js';
import { VaultError } from '../../vault/suite.js';
import { dayInAuckland } from '../../web/day.js';
import { ApiProblem } from '../../web/browser/ask.js';
import { countersignedBy } from '../countersigning/countersigned-by.js';
import {
  openedLodgings,
  sealCountersignature,
  type ComparedLodging,
  type Countersigned,
} from '../countersigning/seal-countersignature.js';
import type { ReadItem } from '../open-words.js';
import type { CaseAtHand } from './fetch-case.js';

/**
 * Compares what was opened with what the person was promised and, where no countersignature on it verifies yet, countersigns
 * it. What differs is never signed, and neither is what came before this was kept.
 *
 * @param items those of the case, opened
 * @returns null where nothing can be said: it was done before, the statement does not open, or this officer cannot write
 */
export async function countersign(
  { sealed, opened, own }: CaseAtHand,
  items: readonly ReadItem[],
): Promise<'countersigned' | 'differs' | 'notKept' | null> {
  const { lodgedWith } = sealed;
  if (sealed.isPart === true || !lodgedWith) return null;
  try {
    const lodgings = await openedLodgings(items, lodgedWith);
    if (lodgings.length === 0) return null;
    for (const lodging of lodgings) {
      if ((await countersignedBy(items, lodging, sealed.staffSigning)).length > 0) return null;
    }
    const path = `/staff/api/cases/${sealed.id}`;
    const commitments = lodgings.map(({ commitment }) => commitment);
    const { lodged, kept } = await askStaff<ComparedLodging>(`${path}/lodging`, { commitments });
    const found = lodgings.find(({ commitment }) => commitment === lodged);
    if (!found) return kept ? 'differs' : 'notKept';
    const item = await sealCountersignature(sealed, opened, own.signing, found, dayInAuckland(new Date()));
    const { stored } = await askStaff<Countersigned>(`${path}/countersignature`, { item });
    return stored ? 'countersigned' : null;
  } catch (error) {
    // What was said is on the page all the same; whoever opens it next tries again.
    if (error instanceof VaultError || error instanceof ApiProblem) return null;
    throw error;
  }
}

import type { Directory } from '../agencies/directory.js';
import type { CasePath, Delivery } from '../cases/case.entity.js';
import { clockFor } from '../clocks/open-clock.js';
import { todayInAuckland } from '../clocks/calendar.js';
import type { Language, Translate } from '../web/translations.js';

/** Where a case went, or will go once it is sent. */
export interface Way {
  readonly path: CasePath;
  readonly delivery: Delivery;
  /** Ids of the body meant and of the agency that receives it now; the same where nobody has decided yet. */
  readonly destination: string;
  readonly agency: string;
}

/** What a receipt says of what comes next; the day itself stands between `due` and `basis`. */
export interface ReceiptWords {
  readonly goesTo: string;
  readonly due: string;
  readonly basis: string;
}

/** The words of a receipt: who has the case now and who is meant, and by what right an answer can be expected. */
export function receiptWords(
  { path, delivery, destination, agency }: Way,
  directory: Directory,
  { t, lang }: { readonly t: Translate; readonly lang: Language },
): ReceiptWords {
  const names = { desk: directory.nameOf(agency, lang), agency: directory.nameOf(destination, lang) };
  const way = delivery === 'direct' ? 'direct' : destination === agency ? 'undecided' : 'desk';
  const standard = directory.get(agency)?.standard?.workingDays;
  const { basis } = clockFor({ path, delivery }, todayInAuckland(), standard);
  return {
    goesTo: t(`intake.receipt.goesTo.${way}`, names),
    due: t(`intake.receipt.due.${basis}`, names),
    basis: t(`intake.receipt.basis.${basis}`, names),
  };
}

import type { Directory } from '../agencies/directory.js';
import { dayInWords } from '../web/day.js';
import type { Language } from '../web/translations.js';
import type { Journey } from './referrals/journey-of-case.js';

/** The way of a case as staff's pages show it: agencies by name and days in words. */
export function journeyInWords(directory: Directory, journey: Journey, lang: Language): object {
  return {
    ...journey,
    path: journey.path.map(({ agencyId, from, to }) => ({
      agency: directory.nameOf(agencyId, lang),
      from: dayInWords(from, lang),
      to: to === null ? null : dayInWords(to, lang),
    })),
  };
}

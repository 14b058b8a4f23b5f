import { weekdayInWords } from '../web/day.js';
import { type FieldError, Invalid } from '../web/errors.js';
import { pageProblems, type PageProblems } from '../web/page-problems.js';
import type { Language, Translate } from '../web/translations.js';
import { check } from '../web/validation.js';
import { CalendarRange, countWorkingDays, type CountedDay, todayInAuckland } from './calendar.js';
import { LAWS, WorkingDaysQuestion } from './working-days.dto.js';

/** What the page on working days shows. */
export interface WorkingDaysPage {
  readonly laws: typeof LAWS;
  /** What was asked, good or bad, for the form. */
  readonly values: Readonly<Record<string, string>>;
  readonly problems?: PageProblems;
  /** Every day of the period; none while nothing was asked that can be counted. */
  readonly counted?: readonly (CountedDay & { readonly weekday: string })[];
  readonly dueOn?: string;
}

const FIELDS = ['law', 'from', 'days', 'anniversary'];
const USUAL = { law: 'legislation', days: '20' };

/**
 * The page that counts working days: the form, and below it every day of the period with its number or the reason why it
 * does not count. What cannot be counted is said beside its field, and the rest stays as it was typed.
 *
 * @param asked the query of the address
 */
export function workingDaysPage(
  asked: Readonly<Record<string, unknown>>,
  { t, lang }: { readonly t: Translate; readonly lang: Language },
): WorkingDaysPage {
  const laws = LAWS;
  if (Object.keys(asked).length === 0) return { laws, values: { ...USUAL, from: todayInAuckland() } };
  const values = Object.fromEntries(
    FIELDS.flatMap((field) => {
      const value = asked[field];
      return typeof value === 'string' ? [[field, value.slice(0, 40)]] : [];
    }),
  );
  try {
    const days = count(asked);
    const counted = days.map((day) => ({ ...day, weekday: weekdayInWords(day.date, lang) }));
    return { laws, values, counted, dueOn: counted.at(-1)?.date ?? '' };
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return { laws, values, problems: pageProblems(error.fields, t) };
  }
}

/** @throws {Invalid} also where the period leaves the years for which the holidays are known */
function count(asked: object): CountedDay[] {
  const { law, from, days, anniversary } = check(WorkingDaysQuestion, asked);
  try {
    return countWorkingDays(law, from, Number(days), anniversary === undefined ? {} : { anniversary: [anniversary] });
  } catch (error) {
    if (error instanceof CalendarRange) throw new Invalid([outOfRange(error)]);
    throw error;
  }
}

function outOfRange({ message }: CalendarRange): FieldError {
  return { field: 'from', code: 'unknown_years', message };
}

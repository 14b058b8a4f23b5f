import { IsIn, Matches } from 'class-validator';
import { IsDay, MayBeLeftOut, NotFilledIn } from '../web/sealed-forms.js';
import type { Law } from './calendar.js';

/** Laws whose working days can be counted. */
export const LAWS = ['legislation', 'oia', 'lgoima'] as const satisfies readonly Law[];

const FROM_ONE_TO_100 = { context: { code: 'number_of_days', message: 'Give a whole number from 1 to 100.' } };
const A_DAY = { context: { code: 'invalid_date', message: 'Give a day that there is.' } };

/** Which working days are to be counted, as it stands in the address. */
export class WorkingDaysQuestion {
  @IsIn(LAWS)
  law: Law;

  /** The day of receipt, YYYY-MM-DD. */
  @IsDay(A_DAY)
  from: string;

  @Matches(/^(?:[1-9]\d?|100)$/, FROM_ONE_TO_100)
  days: string;

  /** The anniversary day of the council's area, where it falls into the period. */
  @NotFilledIn()
  @MayBeLeftOut()
  @IsDay(A_DAY)
  anniversary?: string;
}

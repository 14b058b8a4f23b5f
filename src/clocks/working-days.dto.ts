import { IsIn, IsISO8601, Matches } from 'class-validator';
import { MayBeLeftOut, NotFilledIn } from '../web/sealed-forms.js';
import type { Law } from './calendar.js';

/** Laws whose working days can be counted. */
export const LAWS = ['legislation', 'oia', 'lgoima'] as const satisfies readonly Law[];

const FROM_ONE_TO_100 = { context: { code: 'number_of_days', message: 'Give a whole number from 1 to 100.' } };
/** Of what ISO 8601 knows, weeks and hours are no days here. */
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const A_DAY = { context: { code: 'invalid_date', message: 'Give a day that there is.' } };

/** Which working days are to be counted, as it stands in the address. */
export class WorkingDaysQuestion {
  @IsIn(LAWS)
  law: Law;

  /** The day of receipt, YYYY-MM-DD. */
  @Matches(DAY, A_DAY)
  @IsISO8601({ strict: true }, A_DAY)
  from: string;

  @Matches(/^(?:[1-9]\d?|100)$/, FROM_ONE_TO_100)
  days: string;

  /** The anniversary day of the council's area, where it falls into the period. */
  @NotFilledIn()
  @MayBeLeftOut()
  @Matches(DAY, A_DAY)
  @IsISO8601({ strict: true }, A_DAY)
  anniversary?: string;
}

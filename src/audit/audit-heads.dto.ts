import { IsOptional } from 'class-validator';
import { IsDay } from '../web/sealed-forms.js';

/** Which page of published heads is asked for. */
export class DayHeadsQuery {
  /** YYYY-MM-DD */
  @IsOptional()
  @IsDay()
  after?: string;
}

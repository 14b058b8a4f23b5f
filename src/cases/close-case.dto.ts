import { IsIn } from 'class-validator';
import { IsOne, MayBeLeftOut } from '../web/sealed-forms.js';
import { OUTCOMES, type Outcome } from './case-outcome.js';
import { NewItemDto } from './sealed-words.dto.js';

/** How a case ends, with the final answer sealed in the officer's browser. */
export class ClosingDto {
  @IsIn(OUTCOMES)
  outcome: Outcome;

  /** A reply; an outcome that says all may do without. */
  @MayBeLeftOut()
  @IsOne(() => NewItemDto)
  item?: NewItemDto;
}

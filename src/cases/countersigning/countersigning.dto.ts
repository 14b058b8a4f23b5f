import { ArrayMinSize } from 'class-validator';
import { AreBytes32 } from '../../web/sealed-forms.js';
import { DAYS_SEALED_ON } from './seal-countersignature.js';

/** Commitments to what was opened: one for each day on which it can have been sealed. */
export class OpenedCommitmentsDto {
  @ArrayMinSize(1)
  @AreBytes32(DAYS_SEALED_ON)
  commitments: string[];
}

import { AreBytes32 } from '../../web/sealed-forms.js';

/** Commitments to what was opened: one for each day on which it can have been sealed. */
export class OpenedCommitmentsDto {
  @AreBytes32(2)
  commitments: string[];
}

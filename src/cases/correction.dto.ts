import { IsIn, Matches } from 'class-validator';
import { CORRECTION_REASONS, type CorrectionReason } from '../routing/routing-correction.entity.js';

/** Where a complaint should have gone, and why. */
export class CorrectionForm {
  @Matches(/^[a-z][a-z0-9_]{1,39}$/, { context: { code: 'required', message: 'Choose where it should have gone.' } })
  agency: string;

  @IsIn(CORRECTION_REASONS, { context: { code: 'required', message: 'Choose why.' } })
  why: CorrectionReason;
}

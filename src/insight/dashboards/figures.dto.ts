import { IsIn, Matches } from 'class-validator';
import { MayBeLeftOut } from '../../web/sealed-forms.js';
import { LEARNING_KINDS, type LearningKind } from '../learning/learning-action.entity.js';

/** A month as it stands in an address and in a form, which PostgreSQL has none of in the year 0. */
const MONTH = /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])$/;
const A_MONTH = { context: { code: 'not_one_of', message: 'Choose one of the months.' } };

/** Of which month and of whom figures are asked: what the choices of the page send, and nothing freer. */
export class FiguresQuery {
  @MayBeLeftOut()
  @Matches(MONTH, A_MONTH)
  month?: string;

  @MayBeLeftOut()
  @Matches(/^(?:\*|[a-z][a-z0-9_]{0,39})$/, {
    context: { code: 'not_one_of', message: 'Choose one of the agencies.' },
  })
  agency?: string;
}

/** What an agency changed. */
export class LearningForm {
  @Matches(/^[a-z_]{1,40}$/, { context: { code: 'not_one_of', message: 'Choose what the complaints were about.' } })
  topic: string;

  @IsIn(LEARNING_KINDS, { context: { code: 'not_one_of', message: 'Choose what was changed.' } })
  kind: LearningKind;

  @Matches(MONTH, A_MONTH)
  month: string;
}

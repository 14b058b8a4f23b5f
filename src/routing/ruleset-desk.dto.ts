import { Matches } from 'class-validator';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const NO_DAY = { context: { code: 'no_day', message: 'Give a day that there is.' } };

export class ProposeForm {
  @Matches(DAY, NO_DAY)
  from: string;
}

/** What the approver saw, so that nothing else is approved. */
export class ApproveForm extends ProposeForm {
  @Matches(/^[0-9a-f]{64}$/)
  sha256: string;
}

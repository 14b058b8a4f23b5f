import { IsUUID } from 'class-validator';
import { IsDay } from '../../web/sealed-forms.js';

/** To whom a role is lent, and until when. */
export class DelegationForm {
  @IsUUID('4', { context: { code: 'required', message: 'Choose a colleague.' } })
  toId: string;

  @IsDay({
    context: { code: 'until_day', message: 'Choose the last day, such as 2026-03-31.' },
  })
  untilDay: string;
}

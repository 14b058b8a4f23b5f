import { IsUUID, Matches } from 'class-validator';

/** To whom a role is lent, and until when. */
export class DelegationForm {
  @IsUUID('4', { context: { code: 'required', message: 'Choose a colleague.' } })
  toId: string;

  @Matches(/^\d{4}-\d{2}-\d{2}$/, {
    context: { code: 'until_day', message: 'Choose the last day, such as 2026-03-31.' },
  })
  untilDay: string;
}

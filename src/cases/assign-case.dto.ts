import { IsUUID, Matches } from 'class-validator';

/** Who had the case when the page was made: an id, or nothing for nobody. */
const HELD_BY = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?$/;

export class TakeForm {
  @Matches(HELD_BY)
  heldBy: string;
}

export class AssignForm extends TakeForm {
  @IsUUID('4', { context: { code: 'required', message: 'Choose who is to have this case.' } })
  to: string;
}

import { IsUUID } from 'class-validator';
import { MayBeLeftOut } from '../web/sealed-forms.js';

/** After which case the list of what is past its date goes on, as it stands in the address. */
export class OverdueQuery {
  @MayBeLeftOut()
  @IsUUID()
  after?: string;
}

import { Matches } from 'class-validator';
import { MayBeLeftOut } from '../../../web/sealed-forms.js';

/** Which dataset and period a release is prepared of: one of the menu. */
export class PrepareForm {
  @Matches(/^(?:complaints|disclosures)~20\d\d(?:-Q[1-4])?$/)
  what: string;
}

/** After which line the list goes on: the day on which it was prepared, and its id. */
export class ReleasesQuery {
  @MayBeLeftOut()
  @Matches(/^20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d)~[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  after?: string;
}

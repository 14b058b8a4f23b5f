import { IsString, Matches, MaxLength } from 'class-validator';
import { MayBeLeftOut } from '../../../web/sealed-forms.js';

/** Which dataset and period a release is prepared of: one of the menu. */
export class PrepareForm {
  @Matches(/^(?:complaints|disclosures)~20\d\d(?:-Q[1-4])?$/)
  what: string;
}

/** Where the page before ended (@see readCursor). */
export class ReleasesQuery {
  @MayBeLeftOut()
  @IsString()
  @MaxLength(100)
  after?: string;
}

import { IsUUID } from 'class-validator';
import { IsBytes32, IsListOf } from '../../web/sealed-forms.js';
import { GrantOfKeyDto } from '../sealed-words.dto.js';
import { MOST_GRANTS, type GrantToColleague } from './joining.js';

class GrantToColleagueDto extends GrantOfKeyDto implements GrantToColleague {
  @IsUUID()
  caseId: string;

  @IsBytes32()
  held: string;
}

/** A batch of them, stored whole or not at all. */
export class GrantsToColleagueForm {
  @IsListOf(() => GrantToColleagueDto, 1, MOST_GRANTS)
  grants: GrantToColleagueDto[];
}

import { IsIn, IsInt, IsUUID, Max, Min } from 'class-validator';
import { CASE_KEY_NAMES, type CaseKeyName } from '../../vault/suite.js';
import { IsCompactJwe, IsListOf } from '../../web/sealed-forms.js';
import { MOST_GRANTS, type GrantToColleague } from './joining.js';

class GrantToColleagueDto implements GrantToColleague {
  @IsUUID()
  caseId: string;

  @IsIn(CASE_KEY_NAMES)
  key: CaseKeyName;

  @IsInt()
  @Min(1)
  @Max(1_000_000)
  epoch: number;

  @IsCompactJwe()
  jwe: string;
}

/** A batch of them, stored whole or not at all. */
export class GrantsToColleagueForm {
  @IsListOf(() => GrantToColleagueDto, 1, MOST_GRANTS)
  grants: GrantToColleagueDto[];
}

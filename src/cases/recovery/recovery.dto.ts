import { IsIn, IsInt, Max, Min } from 'class-validator';
import { CASE_KEY_NAMES, type CaseKeyName } from '../../vault/suite.js';
import { IsBytes32, IsCompactJwe, IsListOf } from '../../web/sealed-forms.js';

/** Grants in one call: every epoch of every key of one disclosure, to everybody who was agreed on. */
const MOST_GRANTS = 4_000;

class GrantFromPaper {
  @IsIn(CASE_KEY_NAMES)
  key: CaseKeyName;

  @IsInt()
  @Min(1)
  @Max(1_000_000)
  epoch: number;

  @IsBytes32()
  reader: string;

  @IsCompactJwe()
  jwe: string;
}

export class GrantsFromPaperForm {
  @IsListOf(() => GrantFromPaper, 1, MOST_GRANTS)
  grants: GrantFromPaper[];
}

import { IsBytes32, IsListOf } from '../../web/sealed-forms.js';
import { GrantOfKeyDto } from '../sealed-words.dto.js';

/** Grants in one call: every epoch of every key of one disclosure, to everybody who was agreed on. */
const MOST_GRANTS = 4_000;

class GrantFromPaper extends GrantOfKeyDto {
  @IsBytes32()
  reader: string;

  @IsBytes32()
  held: string;
}

export class GrantsFromPaperForm {
  @IsListOf(() => GrantFromPaper, 1, MOST_GRANTS)
  grants: GrantFromPaper[];
}

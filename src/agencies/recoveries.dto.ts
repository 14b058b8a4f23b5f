import { IsBytes32, IsCompactJws, IsListOf, IsOne } from '../web/sealed-forms.js';
import { GrantForm } from './agencies.dto.js';
import { RecoveryTestForm } from './recovery-keys.dto.js';

const LONGEST_STATEMENT = 8_192;
const MOST_GRANTS = 2_000;

export class AgreementForm {
  @IsCompactJws(LONGEST_STATEMENT)
  statement: string;
}

export class AskForm extends AgreementForm {
  @IsBytes32()
  kid: string;
}

export class AgencyGrantsForm {
  @IsListOf(() => GrantForm, 1, MOST_GRANTS)
  grants: GrantForm[];
}

export class DrillForm extends AgreementForm {
  @IsBytes32()
  opened: string;

  @IsOne(() => RecoveryTestForm)
  test: RecoveryTestForm;
}

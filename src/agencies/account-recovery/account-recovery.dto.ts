import { Equals, IsUUID, Matches } from 'class-validator';
import { PersonalKeyForm } from '../../staff/staff.dto.js';
import { IsBytes32, IsCompactJwe, IsOne } from '../../web/sealed-forms.js';
import type { Recovering } from './take-up-recovery.js';

export class CheckedForm {
  @Equals('yes', { context: { code: 'required', message: 'Say that you have checked who it is.' } })
  checked: string;
}

export class BeginRecoveryForm extends CheckedForm {
  @IsUUID()
  staffId: string;
}

export class RecoveryForm implements Recovering {
  @IsBytes32()
  token: string;

  @IsCompactJwe()
  offer: string;

  @Matches(/^[A-Za-z0-9_-]{22}$/)
  salt: string;

  @IsBytes32()
  auth: string;

  @Matches(/^[0-9]{6}$/, { context: { code: 'code', message: 'The code is the six digits your authenticator shows.' } })
  code: string;

  @IsOne(() => PersonalKeyForm)
  agreement: PersonalKeyForm;

  @IsOne(() => PersonalKeyForm)
  signing: PersonalKeyForm;
}

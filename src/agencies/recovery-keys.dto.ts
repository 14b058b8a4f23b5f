import { IsIn, IsUUID } from 'class-validator';
import { IsBytes32, IsCompactJwe, IsCompactJws, IsListOf, IsOne, PublicKeyDto } from '../web/sealed-forms.js';
import type { RecoveryPurpose } from './make-recovery-key.js';

export class RecoveryTestForm {
  @IsUUID()
  id: string;

  @IsBytes32()
  commit: string;

  @IsCompactJwe()
  jwe: string;
}

export class NewRecoveryKeyForm extends PublicKeyDto {
  @IsIn(['complaints', 'disclosures'])
  purpose: RecoveryPurpose;

  @IsOne(() => RecoveryTestForm)
  test: RecoveryTestForm;
}

class StatementForm {
  @IsCompactJws()
  statement: string;
}

export class ProofsForm {
  @IsListOf(() => StatementForm, 1, 3)
  proofs: StatementForm[];
}

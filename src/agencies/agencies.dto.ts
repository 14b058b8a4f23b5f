import { IsEmail, IsUUID, Matches } from 'class-validator';
import {
  IsBytes32,
  IsCompactJwe,
  IsCompactJws,
  IsListOf,
  IsOne,
  MayBeLeftOut,
  NotFilledIn,
  PublicKeyDto,
} from '../web/sealed-forms.js';

const MOST_HOLDERS = 500;

export class KeyGrantForm {
  @IsUUID()
  staffId: string;

  @IsCompactJwe()
  jwe: string;
}

export class SealedForm {
  @IsBytes32()
  kid: string;

  @IsCompactJwe()
  jwe: string;
}

export class NewKeyForm extends PublicKeyDto {
  @IsListOf(() => KeyGrantForm, 1, MOST_HOLDERS)
  grants: KeyGrantForm[];

  @MayBeLeftOut()
  @IsOne(() => SealedForm)
  recovery?: SealedForm;
}

export class HoldingForm {
  @IsBytes32()
  kid: string;

  @IsCompactJws()
  statement: string;
}

export class GrantForm extends KeyGrantForm {
  @IsBytes32()
  kid: string;
}

/** The actor's own grant, sealed to their new key. */
export class RenewedGrantForm {
  @IsBytes32()
  kid: string;

  @IsCompactJwe()
  jwe: string;
}

export class ConnectForm {
  @Matches(/^[a-z_]{2,40}$/)
  id: string;

  // A field left empty arrives as an empty text.
  @NotFilledIn()
  @MayBeLeftOut()
  @IsEmail({ require_tld: false })
  noticeEmail?: string;
}

/** A page of people. */
export class PeopleQuestion {
  /** The last one of the page before. */
  @MayBeLeftOut()
  @IsUUID()
  after?: string;
}

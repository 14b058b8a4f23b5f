import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsEmail,
  IsOptional,
  IsUUID,
  Matches,
  ValidateNested,
} from 'class-validator';
import { PublicJwkForm } from '../staff/staff.dto.js';

const KID = /^[A-Za-z0-9_-]{43}$/;
const COMPACT_JWE = /^[A-Za-z0-9_-]{2,2000}(\.[A-Za-z0-9_-]{0,2000}){4}$/;
const MOST_HOLDERS = 500;

export class KeyGrantForm {
  @IsUUID()
  staffId: string;

  @Matches(COMPACT_JWE)
  jwe: string;
}

export class NewKeyForm {
  @Matches(KID)
  kid: string;

  @ValidateNested()
  @Type(() => PublicJwkForm)
  jwk: PublicJwkForm;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_HOLDERS)
  @ValidateNested({ each: true })
  @Type(() => KeyGrantForm)
  grants: KeyGrantForm[];
}

export class GrantForm extends KeyGrantForm {
  @Matches(KID)
  kid: string;
}

export class ConnectForm {
  @Matches(/^[a-z_]{2,40}$/)
  id: string;

  // A field left empty arrives as an empty text.
  @Transform(({ value }: { value: unknown }) => (value === '' ? undefined : value))
  @IsOptional()
  @IsEmail({ require_tld: false })
  noticeEmail?: string;
}

import { Transform } from 'class-transformer';
import { IsIn, IsString, Matches, MaxLength } from 'class-validator';
import { IsBytes32, IsCompactJwe, IsOne, MayBeLeftOut, PublicJwkDto } from '../web/sealed-forms.js';
import { IsLabel, RegistrationDto } from './passkeys/passkey.dto.js';
import type { Joining, JoiningByPasskey, JoiningByPassphrase } from './personal-key.js';
import { ROLES, type Role } from './roles.js';
import { USERNAME } from './username.js';

/** 16 random bytes, base64url. */
export const SALT = /^[A-Za-z0-9_-]{22}$/;
const CODE = /^[0-9]{6}$/;

/** What an authenticator app shows. */
export function IsCode(): PropertyDecorator {
  return Matches(CODE, { context: { code: 'code', message: 'The code is the six digits your authenticator shows.' } });
}

/** A username as it is asked for; whether anybody has it is never told. */
export class SaltQuestion {
  @IsString()
  @MaxLength(200)
  username: string;
}

/** What the browser sends to sign in: never the passphrase, only what was derived from it for this purpose. */
export class SignInTry extends SaltQuestion {
  @IsBytes32()
  auth: string;

  @IsCode()
  code: string;
}

/** What the browser sends to show once more who is there. */
export class ProofForm {
  @IsBytes32()
  auth: string;

  @IsCode()
  code: string;
}

export class InvitationToken {
  @IsBytes32()
  token: string;
}

export class PersonalKeyForm {
  @IsOne(() => PublicJwkDto)
  jwk: PublicJwkDto;

  @IsCompactJwe()
  sealedPrivate: string;
}

/** What everybody brings who joins. */
class JoiningForm extends InvitationToken implements Joining {
  /** What {@link Enrolment.begin} answered, unchanged. */
  @IsCompactJwe()
  offer: string;

  @IsString()
  @Matches(/\S/, { context: { code: 'required', message: 'Give the name your colleagues know you by.' } })
  @MaxLength(100)
  displayName: string;

  @Matches(USERNAME, {
    context: { code: 'username', message: 'Use 3 to 64 lower-case letters, digits, or . _ @ -' },
  })
  username: string;

  @IsOne(() => PersonalKeyForm)
  agreement: PersonalKeyForm;

  @IsOne(() => PersonalKeyForm)
  signing: PersonalKeyForm;
}

/** Joining with a passphrase and a code. */
export class JoinForm extends JoiningForm implements JoiningByPassphrase {
  @Matches(SALT)
  salt: string;

  @IsBytes32()
  auth: string;

  @IsCode()
  code: string;
}

/** Joining with a passkey. */
export class JoinWithPasskeyForm extends JoiningForm implements JoiningByPasskey {
  @IsLabel()
  label: string;

  @IsOne(() => RegistrationDto)
  passkey: RegistrationDto;
}

export class InviteForm {
  @IsString()
  @Matches(/^[a-z_]{2,40}$/)
  agencyId: string;

  // One ticked box arrives as a text, several as a list.
  @Transform(({ value }: { value: unknown }) => [value].flat())
  @IsIn(ROLES, { each: true })
  roles: Role[];

  /** Who it is for, for a second administrator to look at. */
  @MayBeLeftOut()
  @IsString()
  @MaxLength(100)
  forWhom?: string;
}

/** What is published of who a disclosure officer is. */
export class PublishedNameForm {
  @IsString()
  @MaxLength(80)
  publishedAs: string;
}

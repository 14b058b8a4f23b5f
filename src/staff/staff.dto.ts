import { Transform, Type } from 'class-transformer';
import { Equals, IsIn, IsString, Matches, MaxLength, ValidateNested } from 'class-validator';
import type { Joining } from './personal-key.js';
import { ROLES, type Role } from './roles.js';
import { USERNAME } from './username.js';

/** 16 random bytes, base64url. */
const SALT = /^[A-Za-z0-9_-]{22}$/;
/** 32 bytes, base64url. */
const BYTES32 = /^[A-Za-z0-9_-]{43}$/;
const COORDINATE = /^[A-Za-z0-9_-]{64}$/;
const CODE = /^[0-9]{6}$/;
const COMPACT_JWE = /^[A-Za-z0-9_-]{2,2000}(\.[A-Za-z0-9_-]{0,4000}){4}$/;

/** A username as it is asked for; whether anybody has it is never told. */
export class SaltQuestion {
  @IsString()
  @MaxLength(200)
  username: string;
}

/** What the browser sends to sign in: never the passphrase, only what was derived from it for this purpose. */
export class SignInTry extends SaltQuestion {
  @Matches(BYTES32)
  auth: string;

  @Matches(CODE, { context: { code: 'code', message: 'The code is the six digits your authenticator shows.' } })
  code: string;
}

export class InvitationToken {
  @Matches(BYTES32)
  token: string;
}

/** The public half of a P-384 key and nothing more: a private member is an unknown field and refused. */
export class PublicJwkForm {
  @Equals('EC')
  kty: 'EC';

  @Equals('P-384')
  crv: 'P-384';

  @Matches(COORDINATE)
  x: string;

  @Matches(COORDINATE)
  y: string;
}

export class PersonalKeyForm {
  @ValidateNested()
  @Type(() => PublicJwkForm)
  jwk: PublicJwkForm;

  @Matches(COMPACT_JWE)
  sealedPrivate: string;
}

/** Everything a new member of staff brings from their browser. */
export class JoinForm extends InvitationToken implements Joining {
  /** What {@link Enrolment.begin} answered, unchanged. */
  @Matches(COMPACT_JWE)
  offer: string;

  @IsString()
  @Matches(/\S/, { context: { code: 'required', message: 'Give the name your colleagues know you by.' } })
  @MaxLength(100)
  displayName: string;

  @Matches(USERNAME, {
    context: { code: 'username', message: 'Use 3 to 64 lower-case letters, digits, or . _ @ -' },
  })
  username: string;

  @Matches(SALT)
  salt: string;

  @Matches(BYTES32)
  auth: string;

  @Matches(CODE, { context: { code: 'code', message: 'The code is the six digits your authenticator shows.' } })
  code: string;

  @ValidateNested()
  @Type(() => PersonalKeyForm)
  agreement: PersonalKeyForm;

  @ValidateNested()
  @Type(() => PersonalKeyForm)
  signing: PersonalKeyForm;
}

export class InviteForm {
  @IsString()
  @Matches(/^[a-z_]{2,40}$/)
  agencyId: string;

  // One ticked box arrives as a text, several as a list.
  @Transform(({ value }: { value: unknown }) => [value].flat())
  @IsIn(ROLES, { each: true })
  roles: Role[];
}

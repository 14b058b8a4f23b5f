import { applyDecorators } from '@nestjs/common';
import { ArrayMaxSize, IsArray, IsIn, IsString, Matches, MaxLength } from 'class-validator';
import { MayBeLeftOut } from '../../web/sealed-forms.js';
import type { Assertion, Registration } from './passkey.js';

const BASE64URL = /^[A-Za-z0-9_-]+$/;
/** Credential ids have at most 1023 bytes (WebAuthn Level 3, section 5.8.3). */
const LONGEST_ID = 1_364;
const LONGEST_PART = 8_000;

/** `AuthenticatorTransport` of WebAuthn Level 3, and the name one of them had before. */
const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'];

/** What a person calls one of their passkeys. */
export function IsLabel(): PropertyDecorator {
  return applyDecorators(
    MaxLength(60),
    Matches(/\S/, { context: { code: 'required', message: 'Give it a name, so that you know which one it is.' } }),
    IsString(),
  );
}

class CredentialDto {
  @Matches(BASE64URL)
  @MaxLength(LONGEST_ID)
  id: string;

  @Matches(BASE64URL)
  @MaxLength(LONGEST_PART)
  clientDataJSON: string;
}

/** What a passkey answered. There is no place in it for what its PRF did. */
export class AssertionDto extends CredentialDto implements Assertion {
  @Matches(BASE64URL)
  @MaxLength(LONGEST_PART)
  authenticatorData: string;

  @Matches(BASE64URL)
  @MaxLength(LONGEST_PART)
  signature: string;

  @MayBeLeftOut()
  @Matches(BASE64URL)
  @MaxLength(LONGEST_ID)
  userHandle?: string;
}

/** A passkey as it was made. */
export class RegistrationDto extends CredentialDto implements Registration {
  @Matches(BASE64URL)
  @MaxLength(LONGEST_PART)
  attestationObject: string;

  @IsIn(TRANSPORTS, { each: true })
  @ArrayMaxSize(TRANSPORTS.length)
  @IsArray()
  transports: string[];
}

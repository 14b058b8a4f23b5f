import { IsUUID } from 'class-validator';
import { IsBytes32, IsCompactJwe, IsListOf, IsOne, PublicJwkDto } from '../web/sealed-forms.js';
import { IsLabel, RegistrationDto } from './passkeys/passkey.dto.js';
import type { SealedKey } from './personal-key.js';
import { MOST_WAYS_IN } from './ways-in.policy.js';

/** More keys than a person has at a time, retired ones that are still of use counted. */
export const MOST_KEYS = 40;

export class SealedKeyForm implements SealedKey {
  @IsBytes32()
  kid: string;

  @IsCompactJwe()
  sealedPrivate: string;
}

/** A passkey that is added, with the person's keys sealed under it; with none, where it has no PRF. */
export class AddPasskeyForm {
  @IsLabel()
  label: string;

  @IsOne(() => RegistrationDto)
  passkey: RegistrationDto;

  @IsListOf(() => SealedKeyForm, 0, MOST_KEYS)
  sealed: SealedKeyForm[];
}

class NewKeyForm {
  @IsOne(() => PublicJwkDto)
  jwk: PublicJwkDto;
}

class SealedUnderForm {
  @IsUUID()
  way: string;

  @IsCompactJwe()
  agreement: string;

  @IsCompactJwe()
  signing: string;
}

/** The new keys that take the place of those a removed way in has opened. */
export class RemoveWayForm {
  @IsOne(() => NewKeyForm)
  agreement: NewKeyForm;

  @IsOne(() => NewKeyForm)
  signing: NewKeyForm;

  @IsListOf(() => SealedUnderForm, 1, MOST_WAYS_IN)
  sealed: SealedUnderForm[];
}

import { Matches } from 'class-validator';
import { IsBytes32, IsCompactJwe, IsListOf } from '../../web/sealed-forms.js';
import { IsCode, SALT } from '../staff.dto.js';
import { MOST_KEYS, SealedKeyForm } from '../ways-in.dto.js';

/** A new passphrase, of which only what was derived is sent, with every key of its owner sealed under it. */
export class PassphraseForm {
  @Matches(SALT)
  salt: string;

  @IsBytes32()
  auth: string;

  @IsListOf(() => SealedKeyForm, 1, MOST_KEYS)
  sealed: SealedKeyForm[];
}

/** What an authenticator app shows for the secret that the page offered. */
export class CodeForm {
  @IsCompactJwe()
  offer: string;

  @IsCode()
  code: string;
}

/** A passphrase and a code, for somebody who had none. */
export class AddPassphraseForm extends PassphraseForm {
  @IsCompactJwe()
  offer: string;

  @IsCode()
  code: string;
}

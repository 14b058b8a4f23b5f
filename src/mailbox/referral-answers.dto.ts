import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsString, IsUUID, MaxLength } from 'class-validator';
import { LONGEST_TEXT } from '../cases/seal-words.js';
import type { Share } from '../vault/consent.js';
import type { CompactJws } from '../vault/suite.js';
import { Invalid } from '../web/errors.js';
import { IsCompactJws, MayBeLeftOut } from '../web/sealed-forms.js';

/** Characters of a signed consent that names as many readers as there may be. */
const LONGEST_CONSENT = 8_192;

/** Consent to a referral: signed by the client, or what may be shared, to be signed here. */
export class ConsentDto {
  @MayBeLeftOut()
  @IsCompactJws(LONGEST_CONSENT)
  consent?: string;

  @MayBeLeftOut()
  @IsIn(['case', 'identity'], { each: true })
  @ArrayUnique()
  @ArrayMaxSize(2)
  @ArrayMinSize(1)
  @IsArray()
  share?: ('case' | 'identity')[];
}

/** What a person can say to their case being handed on. */
const ANSWERS = ['agree', 'agree_without_name', 'refuse', 'withdraw', 'confirm', 'retold'] as const;
export type Answer = (typeof ANSWERS)[number];

/** The form by which they say it, where no script signs it. */
export class AnswerForm {
  @IsUUID('4')
  id: string;

  @IsIn(ANSWERS, { context: { code: 'required', message: 'Choose one of the answers.' } })
  decision: Answer;

  /** Whether the name was asked for on the page that was answered. */
  @MayBeLeftOut()
  @IsIn(['yes'])
  identity?: 'yes';

  /** A message that could not be sent before this was answered; it is shown again. */
  @MayBeLeftOut()
  @MaxLength(LONGEST_TEXT)
  @IsString()
  text?: string;

  /** The part of the case that it is for. */
  @MayBeLeftOut()
  @IsUUID('4')
  part?: string;
}

/** What a consent is, of its two forms. */
export type ConsentGiven = { readonly signed: CompactJws } | { readonly share: Share };

/** @throws {Invalid} where it has neither form, or both, or shares the name and not the words */
export function consentOf({ consent, share }: ConsentDto): ConsentGiven {
  if (consent !== undefined && share === undefined) return { signed: consent };
  if (consent !== undefined) throw refused('consent', 'not_both', 'Send either a signed consent or a share, not both.');
  if (share === undefined) throw refused('consent', 'required', 'Send a signed consent, or what may be shared.');
  if (share.length === 1 && share[0] === 'case') return { share: ['case'] };
  if (share.length === 2 && share[0] === 'case') return { share: ['case', 'identity'] };
  throw refused('share', 'invalid', 'Say `case`, or `case` and then `identity`.');
}

/** @throws {Invalid} where a call that says all by its address says something beside */
export function requireNothing(body: unknown): void {
  const fields = typeof body === 'object' && body !== null ? Object.keys(body) : [];
  if (fields.length > 0) throw refused('', 'unknown_field', 'Nothing is to be sent with this.');
}

function refused(field: string, code: string, message: string): Invalid {
  return new Invalid([{ field, code, message }]);
}

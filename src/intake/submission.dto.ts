import { Equals, IsEmail, IsIn, IsNotEmpty, IsObject, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { LONGEST_TEXT } from '../cases/seal-words.js';
import { MOST_DISCLOSURE_OFFICERS } from '../staff/roles.js';
import {
  AreBytes32,
  IsBytes32,
  IsCompactJwe,
  IsCompactJws,
  IsListOf,
  IsOne,
  LONGEST_ITEM,
  MayBeLeftOut,
  PublicKeyDto,
} from '../web/sealed-forms.js';

const KEYS = ['case', 'identity'] as const;
type NewKey = (typeof KEYS)[number];

/** Each key, granted to every reader that an agency may have and to the mailbox. */
export const MOST_GRANTS = KEYS.length * (MOST_DISCLOSURE_OFFICERS + 1);

/** A person's words as the form or the API sends them, to be sealed on arrival. */
export class StatementDto {
  @IsString()
  @IsNotEmpty()
  @Matches(/\S/, { message: 'must say something' })
  @MaxLength(LONGEST_TEXT)
  whatHappened: string;

  @MayBeLeftOut()
  @IsString()
  @MaxLength(LONGEST_TEXT)
  outcomeSought?: string;

  @MayBeLeftOut()
  @IsString()
  @MaxLength(2_000)
  who?: string;

  @MayBeLeftOut()
  @IsString()
  @MaxLength(2_000)
  when?: string;

  @MayBeLeftOut()
  @IsString()
  @MaxLength(2_000)
  where?: string;

  /** Name and how to reach the person; sealed under a key of its own. */
  @MayBeLeftOut()
  @IsString()
  @MaxLength(2_000)
  identity?: string;
}

export class SealedItemDto {
  @IsUUID('4')
  id: string;

  @IsIn(KEYS)
  key: NewKey;

  @IsIn(['statement', 'identity'])
  kind: 'statement' | 'identity';

  @IsCompactJwe(LONGEST_ITEM)
  jwe: string;
}

export class EpochDto {
  @IsIn(KEYS)
  key: NewKey;

  @Equals(1)
  epoch: 1;

  @IsCompactJws()
  record: string;
}

export class SealedDto {
  @IsUUID('4')
  case: string;

  @IsListOf(() => SealedItemDto, 1, 2)
  items: SealedItemDto[];

  @IsListOf(() => EpochDto, 1, 2)
  epochs: EpochDto[];

  /** SHA-256 over the JCS form of what was sealed and a nonce: what the promise shows. */
  @IsBytes32()
  commitment: string;
}

export class GrantDto {
  @IsIn(KEYS)
  key: NewKey;

  @Equals(1)
  epoch: 1;

  @IsBytes32()
  reader: string;

  @IsCompactJwe()
  jwe: string;
}

export class MailboxDto {
  @IsBytes32()
  idHash: string;

  @IsOne(() => PublicKeyDto)
  agreement: PublicKeyDto;

  @IsOne(() => PublicKeyDto)
  signing: PublicKeyDto;

  @IsCompactJwe()
  sealedPrivate: string;

  /** Address for "you have a message", sealed to the service's public sealing key. */
  @MayBeLeftOut()
  @IsCompactJwe()
  notify?: string;
}

/** What is lodged: sealed by the client, or in clear to be sealed on arrival. */
export class SubmissionDto {
  /** A flat object of codes; `routing` checks each against the closed set. */
  @IsObject()
  facets: Record<string, unknown>;

  /** The agency the person chose, where it is not the one decided. */
  @MayBeLeftOut()
  @Matches(/^[a-z_]{2,40}$/)
  destination?: string;

  /** `triage_desk`: through the desk, even where the agency is open. */
  @MayBeLeftOut()
  @IsIn(['direct', 'triage_desk'])
  delivery?: 'direct' | 'triage_desk';

  /** Kids of disclosure officers whom the person leaves out: they are granted nothing, now or later. */
  @MayBeLeftOut()
  @AreBytes32(MOST_DISCLOSURE_OFFICERS)
  excluded?: string[];

  @MayBeLeftOut()
  @IsOne(() => StatementDto)
  statement?: StatementDto;

  @MayBeLeftOut()
  @IsEmail()
  @MaxLength(254)
  notify?: string;

  @MayBeLeftOut()
  @IsOne(() => SealedDto)
  sealed?: SealedDto;

  @MayBeLeftOut()
  @IsListOf(() => GrantDto, 2, MOST_GRANTS)
  grants?: GrantDto[];

  @MayBeLeftOut()
  @IsOne(() => MailboxDto)
  mailbox?: MailboxDto;
}

import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  Equals,
  IsEmail,
  IsIn,
  IsNotEmpty,
  IsObject,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

const BASE64URL_256 = /^[A-Za-z0-9_-]{43}$/;
const COMPACT_JWE = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const COMPACT_JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const P384_COORDINATE = /^[A-Za-z0-9_-]{64}$/;
const KEYS = ['case', 'identity'] as const;
type NewKey = (typeof KEYS)[number];

/** Characters of one free field. Four bytes each would still fit the largest sealed size. */
const LONGEST_TEXT = 20_000;
/** Characters of a sealed item: 128 KiB of padded text, signed and sealed, in base64url. */
const LONGEST_JWE = 180_000;
const LONGEST_SMALL_JWE = 4_000;

/** Left out is left out; null is no way to say so, since it would be sealed as if it were an answer. */
const MayBeLeftOut = (): PropertyDecorator => ValidateIf((_of, value: unknown) => value !== undefined);

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

export class PublicJwkDto {
  @Equals('EC')
  kty: 'EC';

  @Equals('P-384')
  crv: 'P-384';

  @Matches(P384_COORDINATE)
  x: string;

  @Matches(P384_COORDINATE)
  y: string;
}

export class PublicKeyDto {
  @Matches(BASE64URL_256)
  kid: string;

  @IsObject()
  @ValidateNested()
  @Type(() => PublicJwkDto)
  jwk: PublicJwkDto;
}

export class SealedItemDto {
  @IsUUID('4')
  id: string;

  @IsIn(KEYS)
  key: NewKey;

  @IsIn(['statement', 'identity'])
  kind: 'statement' | 'identity';

  @IsString()
  @MaxLength(LONGEST_JWE)
  @Matches(COMPACT_JWE)
  jwe: string;
}

export class EpochDto {
  @IsIn(KEYS)
  key: NewKey;

  @Equals(1)
  epoch: 1;

  @IsString()
  @MaxLength(LONGEST_SMALL_JWE)
  @Matches(COMPACT_JWS)
  record: string;
}

export class SealedDto {
  @IsUUID('4')
  case: string;

  @ArrayMinSize(1)
  @ArrayMaxSize(2)
  @ValidateNested({ each: true })
  @Type(() => SealedItemDto)
  items: SealedItemDto[];

  @ArrayMinSize(1)
  @ArrayMaxSize(2)
  @ValidateNested({ each: true })
  @Type(() => EpochDto)
  epochs: EpochDto[];

  /** SHA-256 over the JCS form of what was sealed and a nonce: what the promise shows. */
  @Matches(BASE64URL_256)
  commitment: string;
}

export class GrantDto {
  @IsIn(KEYS)
  key: NewKey;

  @Equals(1)
  epoch: 1;

  @Matches(BASE64URL_256)
  reader: string;

  @IsString()
  @MaxLength(LONGEST_SMALL_JWE)
  @Matches(COMPACT_JWE)
  jwe: string;
}

export class MailboxDto {
  @Matches(BASE64URL_256)
  idHash: string;

  @IsObject()
  @ValidateNested()
  @Type(() => PublicKeyDto)
  agreement: PublicKeyDto;

  @IsObject()
  @ValidateNested()
  @Type(() => PublicKeyDto)
  signing: PublicKeyDto;

  @IsString()
  @MaxLength(LONGEST_SMALL_JWE)
  @Matches(COMPACT_JWE)
  sealedPrivate: string;

  /** Address for "you have a message", sealed to the service's public sealing key. */
  @MayBeLeftOut()
  @IsString()
  @MaxLength(LONGEST_SMALL_JWE)
  @Matches(COMPACT_JWE)
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

  @MayBeLeftOut()
  @IsObject()
  @ValidateNested()
  @Type(() => StatementDto)
  statement?: StatementDto;

  @MayBeLeftOut()
  @IsEmail()
  @MaxLength(254)
  notify?: string;

  @MayBeLeftOut()
  @IsObject()
  @ValidateNested()
  @Type(() => SealedDto)
  sealed?: SealedDto;

  @MayBeLeftOut()
  @ArrayMinSize(2)
  @ArrayMaxSize(80)
  @ValidateNested({ each: true })
  @Type(() => GrantDto)
  grants?: GrantDto[];

  @MayBeLeftOut()
  @IsObject()
  @ValidateNested()
  @Type(() => MailboxDto)
  mailbox?: MailboxDto;
}

import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsDefined,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { MAX_READERS } from '../vault/epochs.js';

const KID = /^[A-Za-z0-9_-]{43}$/;
const COMPACT_JWE = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const COMPACT_JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
/** Characters of the largest sealed item: 128 KiB in base64url, and its header. */
const LONGEST_ITEM = 180_000;
const LONGEST_RECORD = 8_192;
const LONGEST_GRANT = 2_000;

/** Words sealed in an officer's browser, under an id that it chose. */
export class NewItemDto {
  @IsUUID('4')
  id: string;

  @IsString()
  @MaxLength(LONGEST_ITEM)
  @Matches(COMPACT_JWE)
  jwe: string;
}

export class ReplyDto {
  @IsDefined()
  @ValidateNested()
  @Type(() => NewItemDto)
  item: NewItemDto;
}

export class AcknowledgementDto {
  @IsOptional()
  @ValidateNested()
  @Type(() => NewItemDto)
  item?: NewItemDto;
}

export class NewGrantDto {
  @Matches(KID)
  reader: string;

  @IsString()
  @MaxLength(LONGEST_GRANT)
  @Matches(COMPACT_JWE)
  jwe: string;
}

export class NewDeskEpochDto {
  @IsString()
  @MaxLength(LONGEST_RECORD)
  @Matches(COMPACT_JWS)
  record: string;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_READERS)
  @ValidateNested({ each: true })
  @Type(() => NewGrantDto)
  grants: NewGrantDto[];
}

export class NoteDto extends ReplyDto {
  /** Only with the first note of a case. */
  @IsOptional()
  @ValidateNested()
  @Type(() => NewDeskEpochDto)
  desk?: NewDeskEpochDto;
}

/** Where a list of items goes on. */
export class AfterItem {
  @IsOptional()
  @IsUUID('4')
  after?: string;
}

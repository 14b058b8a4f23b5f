import { IsIn, IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';
import { MAX_READERS } from '../vault/epochs.js';
import { CASE_KEY_NAMES, type CaseKeyName } from '../vault/suite.js';
import {
  IsBytes32,
  IsCompactJwe,
  IsCompactJws,
  IsListOf,
  IsOne,
  LONGEST_ITEM,
  MayBeLeftOut,
} from '../web/sealed-forms.js';

/** Characters of a signed record that names as many readers as a case may have. */
const LONGEST_RECORD = 8_192;

/** Words sealed in an officer's browser, under an id that it chose. */
export class NewItemDto {
  @IsUUID('4')
  id: string;

  @IsCompactJwe(LONGEST_ITEM)
  jwe: string;
}

export class ReplyDto {
  @IsOne(() => NewItemDto)
  item: NewItemDto;
}

export class AcknowledgementDto {
  @MayBeLeftOut()
  @IsOne(() => NewItemDto)
  item?: NewItemDto;
}

export class NewGrantDto {
  @IsBytes32()
  reader: string;

  @IsCompactJwe()
  jwe: string;
}

/** The same of an epoch that there is already. */
export class GrantOfEpochDto extends NewGrantDto {
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  epoch: number;
}

/** A grant of one epoch of one key of a case that there is already. */
export class GrantOfKeyDto {
  @IsIn(CASE_KEY_NAMES)
  key: CaseKeyName;

  @IsInt()
  @Min(1)
  @Max(1_000_000)
  epoch: number;

  @IsCompactJwe()
  jwe: string;
}

export class NewDeskEpochDto {
  @IsCompactJws(LONGEST_RECORD)
  record: string;

  @IsListOf(() => NewGrantDto, 1, MAX_READERS)
  grants: NewGrantDto[];
}

export class NoteDto extends ReplyDto {
  /** Only with the first note of a case. */
  @MayBeLeftOut()
  @IsOne(() => NewDeskEpochDto)
  desk?: NewDeskEpochDto;
}

/** Where a list of items goes on. */
export class AfterItem {
  @IsOptional()
  @IsUUID('4')
  after?: string;
}

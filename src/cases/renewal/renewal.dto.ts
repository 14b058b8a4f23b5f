import { Type } from 'class-transformer';
import { IsIn, IsInt, IsUUID, Max, Min } from 'class-validator';
import { CASE_KEY_NAMES, type CaseKeyName } from '../../vault/suite.js';
import { IsBytes32, IsCompactJwe, IsListOf } from '../../web/sealed-forms.js';
import { RENEWED_AT_ONCE } from './renew-grants.js';
import type { RenewedGrant } from './renewal.js';

/** How many grants the browser could not open and has passed over. */
export class SkipDto {
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  skip = 0;
}

class RenewedGrantDto implements RenewedGrant {
  @IsUUID()
  caseId: string;

  @IsIn(CASE_KEY_NAMES)
  key: CaseKeyName;

  @IsInt()
  @Min(1)
  @Max(1_000_000)
  epoch: number;

  @IsBytes32()
  from: string;

  @IsCompactJwe()
  jwe: string;

  @IsBytes32()
  held: string;
}

/** A batch of renewed grants. */
export class RenewedGrantsDto {
  @IsListOf(() => RenewedGrantDto, 1, RENEWED_AT_ONCE)
  grants: RenewedGrantDto[];
}

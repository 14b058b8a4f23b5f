import { Type } from 'class-transformer';
import { IsInt, IsUUID, Max, Min } from 'class-validator';
import { IsBytes32, IsListOf } from '../../web/sealed-forms.js';
import { GrantOfKeyDto } from '../sealed-words.dto.js';
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

class RenewedGrantDto extends GrantOfKeyDto implements RenewedGrant {
  @IsUUID()
  caseId: string;

  @IsBytes32()
  from: string;

  @IsBytes32()
  held: string;
}

/** A batch of renewed grants. */
export class RenewedGrantsDto {
  @IsListOf(() => RenewedGrantDto, 1, RENEWED_AT_ONCE)
  grants: RenewedGrantDto[];
}

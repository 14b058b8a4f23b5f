import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { CASE_STATUSES, type CaseStatus } from './case-status.js';
import { HOLDERS, type Holder } from './inbox.js';

/** Which part of the list is asked for, as it stands in the address. */
export class InboxQuery {
  @IsOptional()
  @IsIn(HOLDERS)
  holder: Holder = 'all';

  @IsOptional()
  @IsIn(['all', ...CASE_STATUSES])
  status: CaseStatus | 'all' = 'all';

  @IsOptional()
  @IsString()
  @MaxLength(100)
  after?: string;
}

import { IsOptional, IsUUID, Matches, MaxLength } from 'class-validator';
import { IsDay, NotFilledIn } from '../../web/sealed-forms.js';

/** Which days are asked for, both included; the ones left out are today. */
export class ExportQuery {
  @NotFilledIn()
  @IsOptional()
  @IsDay()
  from?: string;

  @NotFilledIn()
  @IsOptional()
  @IsDay()
  to?: string;

  @NotFilledIn()
  @IsOptional()
  @MaxLength(40)
  @Matches(/^[a-z0-9_]+$/)
  agency?: string;
}

/** Which entries of the audit log are asked for, as it stands in the address. */
export class LogQuery extends ExportQuery {
  @NotFilledIn()
  @IsOptional()
  @MaxLength(64)
  @Matches(/^[a-z_]+(?:\.[a-z_]+)*$/)
  action?: string;

  @NotFilledIn()
  @IsOptional()
  @IsUUID()
  staff?: string;

  @NotFilledIn()
  @IsOptional()
  @MaxLength(40)
  @Matches(/^[\w/ -]*$/)
  reference?: string;

  @NotFilledIn()
  @IsOptional()
  @MaxLength(120)
  @Matches(/^[\w-]+$/)
  after?: string;
}

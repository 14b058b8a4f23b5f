import { IsUUID } from 'class-validator';
import { IsCompactJwe, LONGEST_ITEM } from '../../web/sealed-forms.js';

/** A report of serious misconduct as a browser has sealed it. */
export class ReportDto {
  @IsUUID('4')
  id: string;

  @IsCompactJwe(LONGEST_ITEM)
  jwe: string;
}

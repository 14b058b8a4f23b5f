import { IsString, MaxLength } from 'class-validator';
import { MayBeLeftOut } from '../../web/sealed-forms.js';

/** Where to go after signing in. */
export class NextForm {
  @MayBeLeftOut()
  @IsString()
  @MaxLength(500)
  next?: string;
}

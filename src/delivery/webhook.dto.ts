import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { LONGEST_URL } from './webhook-target.js';

/** Where an agency's own system is to be called. */
export class WebhookForm {
  @MaxLength(LONGEST_URL)
  @IsNotEmpty()
  @IsString()
  url: string;
}

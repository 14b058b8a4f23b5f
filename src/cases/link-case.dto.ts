import { IsIn, IsString, MaxLength } from 'class-validator';
import { LINK_KINDS, type LinkKind } from './case-link.entity.js';

/** Another case's reference, as somebody typed it. */
export class LinkForm {
  @IsString()
  @MaxLength(60)
  reference: string;

  @IsIn(LINK_KINDS)
  kind: LinkKind;
}

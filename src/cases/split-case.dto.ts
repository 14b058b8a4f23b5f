import { IsUUID } from 'class-validator';
import { IsListOf, IsOne } from '../web/sealed-forms.js';
import { NewDeskEpochDto, NewItemDto } from './sealed-words.dto.js';

/** Items that one part begins with; a body of 256 KiB holds no more of the smallest. */
const MOST_ITEMS = 50;

/** A part of a case, sealed in the officer's browser. */
export class NewPartDto {
  @IsUUID('4')
  part: string;

  @IsOne(() => NewDeskEpochDto)
  epoch: NewDeskEpochDto;

  @IsListOf(() => NewItemDto, 1, MOST_ITEMS)
  items: NewItemDto[];
}

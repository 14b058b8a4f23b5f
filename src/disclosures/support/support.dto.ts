import { IsInt, IsUUID, Max, Min } from 'class-validator';
import { NewDeskEpochDto, NewItemDto } from '../../cases/sealed-words.dto.js';
import { IsDay, IsOne, MayBeLeftOut } from '../../web/sealed-forms.js';

/** What is written about support, sealed as a note, and what of it is in clear. */
class ReviewDto {
  @IsUUID('4')
  id: string;

  /** One more than the day was set when the page was looked at. */
  @IsInt()
  @Min(1)
  @Max(100_000)
  number: number;

  @IsOne(() => NewItemDto)
  item: NewItemDto;

  /** Only with the first note of a case. */
  @MayBeLeftOut()
  @IsOne(() => NewDeskEpochDto)
  desk?: NewDeskEpochDto;
}

/** An assessment or a plan. */
export class SupportDto extends ReviewDto {
  @IsDay()
  nextOn: string;
}

/** A check; without a day no more is needed. */
export class RecheckDto extends ReviewDto {
  @MayBeLeftOut()
  @IsDay()
  nextOn?: string;
}

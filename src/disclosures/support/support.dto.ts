import { IsInt, IsUUID, Matches, Max, Min } from 'class-validator';
import { NewDeskEpochDto, NewItemDto } from '../../cases/sealed-words.dto.js';
import { IsOne, MayBeLeftOut } from '../../web/sealed-forms.js';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

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
  @Matches(DAY)
  nextOn: string;
}

/** A check; without a day no more is needed. */
export class RecheckDto extends ReviewDto {
  @MayBeLeftOut()
  @Matches(DAY)
  nextOn?: string;
}

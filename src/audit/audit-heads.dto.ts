import { IsISO8601, IsOptional, Length } from 'class-validator';

/** Which page of published heads is asked for. */
export class DayHeadsQuery {
  /** YYYY-MM-DD: the ten characters leave no other form of a date that there is. */
  @IsOptional()
  @Length(10, 10)
  @IsISO8601({ strict: true })
  after?: string;
}

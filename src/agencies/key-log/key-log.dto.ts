import { IsOptional, Matches } from 'class-validator';
import { IsCompactJws } from '../../web/sealed-forms.js';

const COUNT = /^(?:0|[1-9]\d{0,14})$/;

/** From which entry on they are asked for. */
export class EntriesQuery {
  @IsOptional()
  @Matches(COUNT)
  from = '0';
}

/** Between which two sizes of the log a path is asked for. */
export class ConsistencyQuery {
  @Matches(COUNT)
  from: string;

  @Matches(COUNT)
  to: string;
}

/** Of which keys it is asked whether they were put into the log: their kids, with dots between them. */
export class AddedQuery {
  @Matches(/^[\w-]{43}(?:\.[\w-]{43}){0,199}$/)
  kids: string;
}

/** What a witness signed. */
export class CosignatureDto {
  @IsCompactJws(2_048)
  cosignature: string;
}

import { Matches } from 'class-validator';
import { MayBeLeftOut } from '../../web/sealed-forms.js';

/** The first day of a quarter, of which PostgreSQL has none in the year 0. */
export const QUARTER = /^(?!0000)\d{4}-(?:01|04|07|10)-01$/;

/** After which line a list of figures goes on: its quarter, and the agencies it is about. */
export class FiguresQuery {
  @MayBeLeftOut()
  @Matches(new RegExp(`${QUARTER.source.slice(0, -1)}(?:~[a-z][a-z0-9_]{0,39}){1,2}$`))
  after?: string;
}

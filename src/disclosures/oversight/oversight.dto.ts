import { Matches } from 'class-validator';
import { MayBeLeftOut } from '../../web/sealed-forms.js';

/** After which line a list of figures goes on: its quarter, and the agencies it is about. */
export class FiguresQuery {
  @MayBeLeftOut()
  @Matches(/^\d{4}-(?:01|04|07|10)-01(?:~[a-z][a-z0-9_]{0,39}){1,2}$/)
  after?: string;
}

import { IsIn, Matches } from 'class-validator';
import { IsBytes32 } from '../../web/sealed-forms.js';
import { RATING_ANSWERS, RATING_MOMENTS, type RatingAnswer, type RatingMoment } from './rating-questions.js';

/** A number as long as the modulus of the key, 3,072 bits, in base64url. */
const RSA_NUMBER = /^[A-Za-z0-9_-]{512}$/;

/** A token that the mailbox asks to be signed, blinded (RFC 9474). */
export class RatingTokenDto {
  @IsIn(RATING_MOMENTS)
  moment: RatingMoment;

  @Matches(RSA_NUMBER)
  blinded: string;
}

/** What somebody answers, with a signed token in the place of who they are. */
export class RatingDto {
  @IsBytes32()
  token: string;

  @Matches(RSA_NUMBER)
  signature: string;

  @IsIn(RATING_ANSWERS)
  feltSafe: RatingAnswer;

  @IsIn(RATING_ANSWERS)
  keptInformed: RatingAnswer;

  @IsIn(RATING_ANSWERS)
  wouldDoAgain: RatingAnswer;
}

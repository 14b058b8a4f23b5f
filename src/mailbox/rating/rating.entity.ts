import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Case } from '../../cases/case.entity.js';
import type { RatingAnswer, RatingMoment } from './rating-questions.js';

const ONE_OF = (column: string): string => `${column} IN ('yes', 'partly', 'no', 'not_said')`;

/** That the mailbox of a case was given a token for a moment; which one, nobody can tell from what was signed. */
@Entity('rating_tokens')
@Check('ck_rating_tokens_moment', `moment IN ('acknowledged', 'answered', 'handed_on', 'closed')`)
export class RatingToken {
  @ForeignKey(() => Case, { name: 'fk_rating_tokens_case_id' })
  @PrimaryColumn({ name: 'case_id', type: 'uuid', primaryKeyConstraintName: 'pk_rating_tokens' })
  caseId: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_rating_tokens' })
  moment: RatingMoment;

  /** SHA-256 of what was signed, so that asking again after a lost answer gives the same and no second token. */
  @Column({ type: 'bytea' })
  blinded: Buffer;
}

/** SHA-256 of a token that was used. */
@Entity('rating_tokens_spent')
class SpentRatingToken {
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'pk_rating_tokens_spent' })
  token: Buffer;
}

/** What one person answered, of no case and no agency. */
abstract class Answered {
  @Column({ type: 'integer' })
  year: number;

  @Column({ name: 'felt_safe', type: 'text' })
  feltSafe: RatingAnswer;

  @Column({ name: 'kept_informed', type: 'text' })
  keptInformed: RatingAnswer;

  @Column({ name: 'would_do_again', type: 'text' })
  wouldDoAgain: RatingAnswer;
}

/** Until enough came to be entered together. */
@Entity('ratings_waiting')
class WaitingRating extends Answered {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_ratings_waiting' })
  id: string;
}

/** Entered with others in an order that tells nothing, under an id that was drawn then. */
@Entity('ratings')
@Check('ck_ratings_felt_safe', ONE_OF('felt_safe'))
@Check('ck_ratings_kept_informed', ONE_OF('kept_informed'))
@Check('ck_ratings_would_do_again', ONE_OF('would_do_again'))
class EnteredRating extends Answered {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_ratings' })
  id: string;
}

/** Every table of what people say of how it was for them. */
export const RATING_ENTITIES = [RatingToken, SpentRatingToken, WaitingRating, EnteredRating] as const;

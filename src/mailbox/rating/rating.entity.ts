import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Case } from '../../cases/case.entity.js';
import type { RatingMoment } from './rating-questions.js';

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

import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Case } from '../case.entity.js';
import { Referral } from './referral.entity.js';

export type ReviewReason = 'two_hand_offs' | 'return' | 'not_placed';

export const LEAD_DECISIONS = ['noted', 'go_on', 'stay', 'elsewhere'] as const;
export type LeadDecision = (typeof LEAD_DECISIONS)[number];

/** A complaint that is sent round, on the system lead's desk. Days are those of Pacific/Auckland. */
@Entity('lead_reviews')
@Index('ix_lead_reviews_open', ['openedOn', 'id'], { where: 'decided_on IS NULL' })
@Index('ix_lead_reviews_case_id', ['caseId'])
@Check('ck_lead_reviews_why', `why IN ('two_hand_offs', 'return', 'not_placed')`)
@Check('ck_lead_reviews_decision', `decision IN ('noted', 'go_on', 'stay', 'elsewhere')`)
@Check('ck_lead_reviews_decided', `(decision IS NULL) = (decided_on IS NULL)`)
export class LeadReview {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_lead_reviews' })
  id: string;

  @ForeignKey(() => Case, { name: 'fk_lead_reviews_case_id' })
  @Column({ name: 'case_id', type: 'uuid' })
  caseId: string;

  /** The referral that waits for the decision; null where nothing waits. */
  @ForeignKey(() => Referral, { name: 'fk_lead_reviews_referral_id' })
  @Column({ name: 'referral_id', type: 'uuid', nullable: true })
  referralId: string | null;

  @Column({ type: 'text' })
  why: ReviewReason;

  @Column({ name: 'opened_on', type: 'date' })
  openedOn: string;

  @Column({ type: 'text', nullable: true })
  decision: LeadDecision | null;

  /** Where the lead thinks the case belongs. */
  @Column({ name: 'advised_agency', type: 'text', nullable: true })
  advisedAgency: string | null;

  /** Null also where the question went away by itself. */
  @Column({ name: 'decided_by', type: 'uuid', nullable: true })
  decidedBy: string | null;

  @Column({ name: 'decided_on', type: 'date', nullable: true })
  decidedOn: string | null;
}

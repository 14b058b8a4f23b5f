import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** Why a complaint should have gone elsewhere. */
export const CORRECTION_REASONS = [
  'outside_powers',
  'other_body_first',
  'concerns_the_receiver',
  'answers_do_not_fit',
  'directory_wrong',
  'other',
] as const;
export type CorrectionReason = (typeof CORRECTION_REASONS)[number];

/** "Should have gone to …": what one officer says of where the rules sent one complaint. It moves nothing. */
@Entity('routing_corrections')
@Index('ix_routing_corrections_made_on', ['madeOn'])
@Check(
  'ck_routing_corrections_why',
  `why IN ('outside_powers', 'other_body_first', 'concerns_the_receiver', 'answers_do_not_fit', 'directory_wrong', 'other')`,
)
export class RoutingCorrection {
  // Named, not imported: the rules do not know cases.
  @ForeignKey('Case', { name: 'fk_routing_corrections_case_id' })
  @PrimaryColumn({ name: 'case_id', type: 'uuid', primaryKeyConstraintName: 'pk_routing_corrections' })
  caseId: string;

  @PrimaryColumn({ name: 'made_by', type: 'uuid', primaryKeyConstraintName: 'pk_routing_corrections' })
  madeBy: string;

  @Column({ type: 'text' })
  ruleset: string;

  /** The rule that settled where; null where none did. */
  @Column({ type: 'text', nullable: true })
  rule: string | null;

  /** Where the rules sent it; null where they left it to a human. */
  @Column({ name: 'decided_for', type: 'text', nullable: true })
  decidedFor: string | null;

  @Column({ name: 'should_be', type: 'text' })
  shouldBe: string;

  @Column({ type: 'text' })
  why: CorrectionReason;

  @Column({ name: 'made_on', type: 'date' })
  madeOn: string;
}

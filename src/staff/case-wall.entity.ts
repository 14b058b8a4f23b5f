import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { StaffMember } from './staff-member.entity.js';

/** Why somebody at the agency keeps themself or a colleague out of a case. */
export const WALL_REASONS = ['conflict_of_interest', 'knows_person', 'named', 'other'] as const;
export type WallReason = (typeof WALL_REASONS)[number];

/**
 * A wall between a person and a case with all its parts: somebody recused themself, was kept out by a
 * colleague, or was left out by the person. While it stands the case is not there for them.
 */
@Entity('case_walls')
@Index('ix_case_walls_standing', ['staffId', 'caseId'], { unique: true, where: '(lifted_on IS NULL)' })
@Index('ix_case_walls_case_id', ['caseId'])
@Check('ck_case_walls_reason', `reason IN ('conflict_of_interest', 'knows_person', 'named', 'other', 'excluded')`)
@Check('ck_case_walls_excluded', `(reason = 'excluded') = (set_by IS NULL)`)
@Check(
  'ck_case_walls_lifted',
  `(lifted_by IS NULL) = (lifted_on IS NULL) AND lifted_by <> staff_id AND (lifted_on IS NULL OR set_by IS NOT NULL)`,
)
export class CaseWall {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_case_walls' })
  id: string;

  // Named, not imported: people are the ground that cases stand on.
  /** The whole, where the wall was set on a part. */
  @ForeignKey('Case', { name: 'fk_case_walls_case_id' })
  @Column({ name: 'case_id', type: 'uuid' })
  caseId: string;

  /** Who is kept out. */
  @ForeignKey(() => StaffMember, { name: 'fk_case_walls_staff_id' })
  @Column({ name: 'staff_id', type: 'uuid' })
  staffId: string;

  /** `excluded` where the person left them out when they wrote: they are asked for no reason. */
  @Column({ type: 'text' })
  reason: WallReason | 'excluded';

  /** Who set it: who is kept out, where they recused themself; null where the person did, and then nobody lifts it. */
  @ForeignKey(() => StaffMember, { name: 'fk_case_walls_set_by' })
  @Column({ name: 'set_by', type: 'uuid', nullable: true })
  setBy: string | null;

  /** Day in Pacific/Auckland. */
  @Column({ name: 'set_on', type: 'date' })
  setOn: string;

  @ForeignKey(() => StaffMember, { name: 'fk_case_walls_lifted_by' })
  @Column({ name: 'lifted_by', type: 'uuid', nullable: true })
  liftedBy: string | null;

  @Column({ name: 'lifted_on', type: 'date', nullable: true })
  liftedOn: string | null;
}

import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { StaffMember } from './staff-member.entity.js';

/** Why somebody is kept out of a case. */
export const WALL_REASONS = ['conflict_of_interest', 'knows_person', 'named', 'other'] as const;
export type WallReason = (typeof WALL_REASONS)[number];

/**
 * A wall between a person and a case with all its parts: somebody recused themself, or was kept out. While it stands the
 * case is not there for them.
 */
@Entity('case_walls')
@Index('ix_case_walls_standing', ['staffId', 'caseId'], { unique: true, where: '(lifted_on IS NULL)' })
@Index('ix_case_walls_case_id', ['caseId'])
@Check('ck_case_walls_reason', `reason IN ('conflict_of_interest', 'knows_person', 'named', 'other')`)
@Check('ck_case_walls_lifted', `(lifted_by IS NULL) = (lifted_on IS NULL) AND lifted_by <> staff_id`)
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

  @Column({ type: 'text' })
  reason: WallReason;

  /** Who set it: the person themself, where they recused themself. */
  @ForeignKey(() => StaffMember, { name: 'fk_case_walls_set_by' })
  @Column({ name: 'set_by', type: 'uuid' })
  setBy: string;

  /** Day in Pacific/Auckland. */
  @Column({ name: 'set_on', type: 'date' })
  setOn: string;

  @ForeignKey(() => StaffMember, { name: 'fk_case_walls_lifted_by' })
  @Column({ name: 'lifted_by', type: 'uuid', nullable: true })
  liftedBy: string | null;

  @Column({ name: 'lifted_on', type: 'date', nullable: true })
  liftedOn: string | null;
}

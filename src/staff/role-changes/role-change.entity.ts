import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { Role } from '../roles.js';
import { StaffMember } from '../staff-member.entity.js';

/** A change of somebody's roles that waits, or waited, for a second person. */
@Entity('role_changes')
@Index('ix_role_changes_waiting', ['staffId'], { unique: true, where: '(decided_on IS NULL)' })
@Check(
  'ck_role_changes_decided',
  '(decided_by IS NULL) = (decided_on IS NULL) AND (approved IS NULL) = (decided_on IS NULL)',
)
@Check(
  'ck_role_changes_second',
  'asked_by <> staff_id AND decided_by <> staff_id AND (NOT approved OR decided_by <> asked_by)',
)
export class RoleChange {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_role_changes' })
  id: string;

  /** Whose roles. */
  @ForeignKey(() => StaffMember, { name: 'fk_role_changes_staff_id' })
  @Column({ name: 'staff_id', type: 'uuid' })
  staffId: string;

  /** What they are to be from then on. */
  @Column({ type: 'text', array: true })
  roles: Role[];

  @ForeignKey(() => StaffMember, { name: 'fk_role_changes_asked_by' })
  @Column({ name: 'asked_by', type: 'uuid' })
  askedBy: string;

  @Column({ name: 'asked_on', type: 'date' })
  askedOn: string;

  @ForeignKey(() => StaffMember, { name: 'fk_role_changes_decided_by' })
  @Column({ name: 'decided_by', type: 'uuid', nullable: true })
  decidedBy: string | null;

  @Column({ name: 'decided_on', type: 'date', nullable: true })
  decidedOn: string | null;

  @Column({ type: 'boolean', nullable: true })
  approved: boolean | null;
}

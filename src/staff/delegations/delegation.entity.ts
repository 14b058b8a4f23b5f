import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { StaffMember } from '../staff-member.entity.js';
import type { LendableRole } from './delegation.policy.js';

/** A role lent to a colleague for an absence. It ends by itself after its last day. */
@Entity('delegations')
@Index('ix_delegations_to_id', ['toId'], { where: '(ended_on IS NULL)' })
@Index('ix_delegations_from_id', ['fromId'], { where: '(ended_on IS NULL)' })
@Check('ck_delegations_role', `role = 'lead'`)
@Check('ck_delegations_people', 'from_id <> to_id')
@Check('ck_delegations_ended', '(ended_by IS NULL) = (ended_on IS NULL)')
export class Delegation {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_delegations' })
  id: string;

  @Column({ type: 'text' })
  role: LendableRole;

  @ForeignKey(() => StaffMember, { name: 'fk_delegations_from_id' })
  @Column({ name: 'from_id', type: 'uuid' })
  fromId: string;

  @ForeignKey(() => StaffMember, { name: 'fk_delegations_to_id' })
  @Column({ name: 'to_id', type: 'uuid' })
  toId: string;

  /** The last day on which it stands, in Pacific/Auckland. */
  @Column({ name: 'until_day', type: 'date' })
  untilDay: string;

  /** Who ended it before its time. */
  @ForeignKey(() => StaffMember, { name: 'fk_delegations_ended_by' })
  @Column({ name: 'ended_by', type: 'uuid', nullable: true })
  endedBy: string | null;

  @Column({ name: 'ended_on', type: 'date', nullable: true })
  endedOn: string | null;
}

import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { StaffMember } from '../staff/staff-member.entity.js';
import { RecoveryKey } from './recovery-key.entity.js';

/** That a recovery key was put together out of two shares, and opened what was sealed to it. */
@Entity('recovery_drills')
@Index('ix_recovery_drills_kid', ['kid'])
export class RecoveryDrill {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_recovery_drills' })
  id: string;

  @ForeignKey(() => RecoveryKey, { name: 'fk_recovery_drills_kid' })
  @Column({ type: 'text' })
  kid: string;

  @ForeignKey(() => StaffMember, { name: 'fk_recovery_drills_staff_id' })
  @Column({ name: 'staff_id', type: 'uuid' })
  staffId: string;

  @Column({ name: 'drilled_on', type: 'date' })
  drilledOn: string;

  @Column({ type: 'text' })
  statement: string;
}

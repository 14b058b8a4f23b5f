import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { StaffMember } from '../staff/staff-member.entity.js';
import { RecoveryKey } from './recovery-key.entity.js';

/** That keys are to be granted again with a recovery key from paper. One officer asks, another agrees to the same. */
@Entity('recoveries')
@Index('ix_recoveries_kid', ['kid'])
@Check(
  'ck_recoveries_confirmed',
  `(confirmed_by IS NULL) = (confirmed_at IS NULL) AND (confirmed_by IS NULL) = (confirmation IS NULL)
          AND confirmed_by <> asked_by`,
)
export class Recovery {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_recoveries' })
  id: string;

  @ForeignKey(() => RecoveryKey, { name: 'fk_recoveries_kid' })
  @Column({ type: 'text' })
  kid: string;

  @ForeignKey(() => StaffMember, { name: 'fk_recoveries_asked_by' })
  @Column({ name: 'asked_by', type: 'uuid' })
  askedBy: string;

  @Column({ name: 'asked_at', type: 'timestamptz' })
  askedAt: Date;

  /** Signed by who asked: it names the keys that are to be granted to. */
  @Column({ type: 'text' })
  statement: string;

  @ForeignKey(() => StaffMember, { name: 'fk_recoveries_confirmed_by' })
  @Column({ name: 'confirmed_by', type: 'uuid', nullable: true })
  confirmedBy: string | null;

  @Column({ name: 'confirmed_at', type: 'timestamptz', nullable: true })
  confirmedAt: Date | null;

  /** Signed by who agreed, naming the same keys. */
  @Column({ type: 'text', nullable: true })
  confirmation: string | null;
}

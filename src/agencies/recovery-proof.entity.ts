import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { StaffMember } from '../staff/staff-member.entity.js';
import { RecoveryKey } from './recovery-key.entity.js';

/** That one share of a recovery key was typed back and gave the key with another. */
@Entity('recovery_proofs')
@Check('ck_recovery_proofs_share', 'share BETWEEN 1 AND 3')
export class RecoveryProof {
  @ForeignKey(() => RecoveryKey, { name: 'fk_recovery_proofs_kid' })
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_recovery_proofs' })
  kid: string;

  @PrimaryColumn({ type: 'smallint', primaryKeyConstraintName: 'pk_recovery_proofs' })
  share: number;

  @ForeignKey(() => StaffMember, { name: 'fk_recovery_proofs_staff_id' })
  @Column({ name: 'staff_id', type: 'uuid' })
  staffId: string;

  @Column({ name: 'proven_on', type: 'date' })
  provenOn: string;

  /** Signed by whose browser it was typed into. */
  @Column({ type: 'text' })
  statement: string;
}

import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { StaffMember } from '../../staff/staff-member.entity.js';
import { Agency } from '../agency.entity.js';

/** That somebody is being let in again by two colleagues. It is gone once it is taken up, stopped or too old. */
@Entity('account_recoveries')
@Unique('uq_account_recoveries_staff_id', ['staffId'])
@Unique('uq_account_recoveries_token_hash', ['tokenHash'])
@Index('ix_account_recoveries_expires_at', ['expiresAt'])
@Check(
  'ck_account_recoveries_two',
  `begun_by <> staff_id AND approved_by <> staff_id
   AND approved_by <> begun_by AND (token_hash IS NULL) = (approved_by IS NULL)`,
)
export class AccountRecovery {
  @PrimaryColumn({ name: 'id', type: 'uuid', primaryKeyConstraintName: 'pk_account_recoveries' })
  id: string;

  @ForeignKey(() => StaffMember, { name: 'fk_account_recoveries_staff_id' })
  @Column({ name: 'staff_id', type: 'uuid' })
  staffId: string;

  @ForeignKey(() => Agency, { name: 'fk_account_recoveries_agency_id' })
  @Column({ name: 'agency_id', type: 'text' })
  agencyId: string;

  @ForeignKey(() => StaffMember, { name: 'fk_account_recoveries_begun_by' })
  @Column({ name: 'begun_by', type: 'uuid' })
  begunBy: string;

  @ForeignKey(() => StaffMember, { name: 'fk_account_recoveries_approved_by' })
  @Column({ name: 'approved_by', type: 'uuid', nullable: true })
  approvedBy: string | null;

  /** Of the one-time link, once there is one. */
  @Column({ name: 'token_hash', type: 'bytea', nullable: true })
  tokenHash: Buffer | null;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;
}

import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { Role } from './roles.js';

/** An invitation to join, good once. The token itself lies only in the link. */
@Entity('staff_invitations')
@Index('ix_staff_invitations_expires_at', ['expiresAt'])
export class StaffInvitation {
  @PrimaryColumn({ name: 'token_hash', type: 'bytea', primaryKeyConstraintName: 'pk_staff_invitations' })
  tokenHash: Buffer;

  @ForeignKey('Agency', { name: 'fk_staff_invitations_agency_id' })
  @Column({ name: 'agency_id', type: 'text' })
  agencyId: string;

  @Column({ name: 'roles', type: 'text', array: true })
  roles: Role[];

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;
}

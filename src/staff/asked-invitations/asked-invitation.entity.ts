import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { Role } from '../roles.js';
import { StaffMember } from '../staff-member.entity.js';

/** An invitation to grave roles that waits for a second administrator. It goes when they decide, or when it is too old. */
@Entity('asked_invitations')
@Index('ix_asked_invitations_expires_at', ['expiresAt'])
@Index('ix_asked_invitations_asked_by', ['askedBy'])
export class AskedInvitation {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_asked_invitations' })
  id: string;

  /** Where they are to work. */
  @ForeignKey('Agency', { name: 'fk_asked_invitations_agency_id' })
  @Column({ name: 'agency_id', type: 'text' })
  agencyId: string;

  @Column({ type: 'text', array: true })
  roles: Role[];

  /** Who it is for, in the words of who asked: what the second person has to go by. */
  @Column({ name: 'for_whom', type: 'text' })
  forWhom: string;

  @ForeignKey(() => StaffMember, { name: 'fk_asked_invitations_asked_by' })
  @Column({ name: 'asked_by', type: 'uuid' })
  askedBy: string;

  @Column({ name: 'asked_on', type: 'date' })
  askedOn: string;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;
}

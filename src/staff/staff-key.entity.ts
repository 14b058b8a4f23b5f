import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { StaffMember } from './staff-member.entity.js';
import type { PublicJwk } from '../vault/keys.js';

/** One of a person's own key pairs. `agreement` opens what is granted to them, `signing` signs what they make. */
@Entity('staff_keys')
@Index('ix_staff_keys_staff_id', ['staffId'])
export class StaffKey {
  /** RFC 7638 SHA-256 thumbprint of `jwk`. */
  @PrimaryColumn({ name: 'kid', type: 'text', primaryKeyConstraintName: 'pk_staff_keys' })
  kid: string;

  @ForeignKey(() => StaffMember, { name: 'fk_staff_keys_staff_id' })
  @Column({ name: 'staff_id', type: 'uuid' })
  staffId: string;

  @Column({ name: 'purpose', type: 'text' })
  purpose: 'agreement' | 'signing';

  @Column({ name: 'jwk', type: 'jsonb' })
  jwk: PublicJwk;

  /** Since when nothing new is granted to it or signed with it. What it signed before still stands. */
  @Column({ name: 'retired_at', type: 'timestamptz', nullable: true })
  retiredAt: Date | null;
}

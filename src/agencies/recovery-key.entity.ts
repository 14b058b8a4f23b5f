import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { StaffMember } from '../staff/staff-member.entity.js';
import type { PublicJwk } from '../vault/keys.js';
import { Agency } from './agency.entity.js';
import type { RecoveryPurpose } from './make-recovery-key.js';

/** The public part of a recovery key. Its private part is on three sheets of paper, any two of which give it. */
@Entity('recovery_keys')
@Index('ix_recovery_keys_agency_id', ['agencyId'])
@Index('ux_recovery_keys_current', ['agencyId', 'purpose'], {
  unique: true,
  where: 'proven_on IS NOT NULL AND retired_at IS NULL',
})
@Index('ux_recovery_keys_new', ['agencyId', 'purpose'], {
  unique: true,
  where: 'proven_on IS NULL AND retired_at IS NULL',
})
@Check('ck_recovery_keys_purpose', `purpose IN ('complaints', 'disclosures')`)
export class RecoveryKey {
  /** RFC 7638 SHA-256 thumbprint of `jwk`. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_recovery_keys' })
  kid: string;

  @ForeignKey(() => Agency, { name: 'fk_recovery_keys_agency_id' })
  @Column({ name: 'agency_id', type: 'text' })
  agencyId: string;

  @Column({ type: 'text' })
  purpose: RecoveryPurpose;

  @Column({ type: 'jsonb' })
  jwk: PublicJwk;

  @ForeignKey(() => StaffMember, { name: 'fk_recovery_keys_made_by' })
  @Column({ name: 'made_by', type: 'uuid' })
  madeBy: string;

  /** Days in Pacific/Auckland, YYYY-MM-DD. */
  @Column({ name: 'made_on', type: 'date' })
  madeOn: string;

  /** Since when it counts: all three shares were typed back. */
  @Column({ name: 'proven_on', type: 'date', nullable: true })
  provenOn: string | null;

  @Column({ name: 'drilled_on', type: 'date', nullable: true })
  drilledOn: string | null;

  @Column({ name: 'retired_at', type: 'timestamptz', nullable: true })
  retiredAt: Date | null;

  /** A grant of a random key to this one: who opens it has put this key together. */
  @Column({ name: 'test_id', type: 'uuid' })
  testId: string;

  @Column({ name: 'test_commit', type: 'text' })
  testCommit: string;

  @Column({ name: 'test_jwe', type: 'text' })
  testJwe: string;
}

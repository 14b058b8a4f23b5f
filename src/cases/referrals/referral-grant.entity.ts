import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Referral } from './referral.entity.js';

/** A grant to the receiver of a referral: withheld until it was accepted, and kept to be called back until it was opened. */
@Entity('referral_grants')
@Check('ck_referral_grants_key', `key IN ('case', 'identity')`)
export class ReferralGrant {
  @ForeignKey(() => Referral, { name: 'fk_referral_grants_referral_id' })
  @PrimaryColumn({ name: 'referral_id', type: 'uuid', primaryKeyConstraintName: 'pk_referral_grants' })
  referralId: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_referral_grants' })
  key: 'case' | 'identity';

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'pk_referral_grants' })
  epoch: number;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_referral_grants' })
  reader: string;

  /** As it will lie among the grants of the case. */
  @Column({ type: 'bytea' })
  wrapped: Buffer;
}

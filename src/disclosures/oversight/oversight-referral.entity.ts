import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Agency } from '../../agencies/agency.entity.js';

/** How many disclosures one agency handed on to another in a quarter (section 16). */
@Entity('oversight_referrals')
export class OversightReferral {
  /** Its first day. */
  @PrimaryColumn({ type: 'date', primaryKeyConstraintName: 'pk_oversight_referrals' })
  quarter: string;

  @ForeignKey(() => Agency, { name: 'fk_oversight_referrals_from_agency' })
  @PrimaryColumn({ name: 'from_agency', type: 'text', primaryKeyConstraintName: 'pk_oversight_referrals' })
  fromAgency: string;

  @ForeignKey(() => Agency, { name: 'fk_oversight_referrals_to_agency' })
  @PrimaryColumn({ name: 'to_agency', type: 'text', primaryKeyConstraintName: 'pk_oversight_referrals' })
  toAgency: string;

  @Column({ type: 'integer' })
  made: number;
}

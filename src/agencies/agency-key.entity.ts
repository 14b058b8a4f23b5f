import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { Agency } from './agency.entity.js';
import type { PublicJwk } from '../vault/keys.js';

/** The public part of an agency's key. The private part exists only inside grants to its officers. */
@Entity('agency_keys')
@Unique('uq_agency_keys_agency_id_purpose_epoch', ['agencyId', 'purpose', 'epoch'])
export class AgencyKey {
  /** RFC 7638 SHA-256 thumbprint of `jwk`. */
  @PrimaryColumn({ name: 'kid', type: 'text', primaryKeyConstraintName: 'pk_agency_keys' })
  kid: string;

  @ForeignKey(() => Agency, { name: 'fk_agency_keys_agency_id' })
  @Column({ name: 'agency_id', type: 'text' })
  agencyId: string;

  @Column({ name: 'purpose', type: 'text' })
  purpose: 'complaints';

  @Column({ name: 'epoch', type: 'integer' })
  epoch: number;

  @Column({ name: 'jwk', type: 'jsonb' })
  jwk: PublicJwk;

  /** The officer whose browser made it. */
  @Column({ name: 'made_by', type: 'uuid', nullable: true })
  madeBy: string | null;

  /** Day in Pacific/Auckland, YYYY-MM-DD. */
  @Column({ name: 'made_on', type: 'date' })
  madeOn: string;

  @Column({ name: 'retired_at', type: 'timestamptz', nullable: true })
  retiredAt: Date | null;
}

import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { StaffMember } from '../staff/staff-member.entity.js';
import { AgencyKey } from './agency-key.entity.js';

/** The private part of an agency key, sealed to one officer's personal agreement key. */
@Entity('agency_key_grants')
export class AgencyKeyGrant {
  @ForeignKey(() => AgencyKey, { name: 'fk_agency_key_grants_kid' })
  @PrimaryColumn({ name: 'kid', type: 'text', primaryKeyConstraintName: 'pk_agency_key_grants' })
  kid: string;

  @ForeignKey(() => StaffMember, { name: 'fk_agency_key_grants_staff_id' })
  @PrimaryColumn({ name: 'staff_id', type: 'uuid', primaryKeyConstraintName: 'pk_agency_key_grants' })
  staffId: string;

  @Column({ name: 'jwe', type: 'text' })
  jwe: string;

  /** The officer's signed statement that they opened it; until there is one, nobody counts on them. */
  @Column({ name: 'held', type: 'text', nullable: true })
  held: string | null;
}

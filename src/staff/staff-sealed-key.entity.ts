import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { StaffAuthenticator } from './staff-authenticator.entity.js';
import { StaffKey } from './staff-key.entity.js';

/** The private part of a personal key, sealed in the person's browser under what one of their ways in unlocks. */
@Entity('staff_sealed_keys')
@Index('ix_staff_sealed_keys_authenticator_id', ['authenticatorId'])
export class StaffSealedKey {
  @ForeignKey(() => StaffKey, { name: 'fk_staff_sealed_keys_kid' })
  @PrimaryColumn({ name: 'kid', type: 'text', primaryKeyConstraintName: 'pk_staff_sealed_keys' })
  kid: string;

  @ForeignKey(() => StaffAuthenticator, { name: 'fk_staff_sealed_keys_authenticator_id', onDelete: 'CASCADE' })
  @PrimaryColumn({ name: 'authenticator_id', type: 'uuid', primaryKeyConstraintName: 'pk_staff_sealed_keys' })
  authenticatorId: string;

  @Column({ name: 'sealed_private', type: 'text' })
  sealedPrivate: string;
}

import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { AgencyKey } from './agency-key.entity.js';
import { RecoveryKey } from './recovery-key.entity.js';

/** The private part of an agency key, sealed to a recovery key. */
@Entity('recovery_grants')
export class RecoveryGrant {
  @ForeignKey(() => AgencyKey, { name: 'fk_recovery_grants_kid' })
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_recovery_grants' })
  kid: string;

  @ForeignKey(() => RecoveryKey, { name: 'fk_recovery_grants_recovery_kid' })
  @PrimaryColumn({ name: 'recovery_kid', type: 'text', primaryKeyConstraintName: 'pk_recovery_grants' })
  recoveryKid: string;

  @Column({ type: 'text' })
  jwe: string;
}

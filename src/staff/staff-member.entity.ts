import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { Role } from './roles.js';

/** A person who works for a connected agency. */
@Entity('staff')
@Unique('uq_staff_username', ['username'])
@Index('ix_staff_agency_id', ['agencyId'])
@Check('ck_staff_published_as', `published_as <> '' AND length(published_as) <= 80`)
export class StaffMember {
  @PrimaryColumn({ name: 'id', type: 'uuid', primaryKeyConstraintName: 'pk_staff' })
  id: string;

  // Named, not imported: accounts are the ground that agencies stand on.
  @ForeignKey('Agency', { name: 'fk_staff_agency_id' })
  @Column({ name: 'agency_id', type: 'text' })
  agencyId: string;

  /** In lower case. */
  @Column({ name: 'username', type: 'text' })
  username: string;

  @Column({ name: 'display_name', type: 'text' })
  displayName: string;

  @Column({ name: 'roles', type: 'text', array: true })
  roles: Role[];

  /** The salt of the passphrase, base64url. Public: it is given to whoever asks for this username. Null without one. */
  @Column({ name: 'salt', type: 'text', nullable: true })
  salt: string | null;

  /** SHA-256 of `auth`; null where the person signs in by other means only. */
  @Column({ name: 'auth_hash', type: 'bytea', nullable: true })
  authHash: Buffer | null;

  /** The TOTP secret as a JWE under the service's own key. */
  @Column({ name: 'totp_sealed', type: 'text', nullable: true })
  totpSealed: string | null;

  /** The last TOTP time step that was used up, so that no code works twice. */
  @Column({ name: 'totp_last_step', type: 'bigint' })
  totpLastStep: string;

  @Column({ name: 'active', type: 'boolean' })
  active: boolean;

  /** What the agency publishes of who this disclosure officer is: a name or a position. Null for a role and a number. */
  @Column({ name: 'published_as', type: 'text', nullable: true })
  publishedAs: string | null;
}

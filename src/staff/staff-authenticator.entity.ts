import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { StaffMember } from './staff-member.entity.js';

/** The kinds of {@link StaffAuthenticator}. */
export type AuthenticatorKind = 'passphrase' | 'passkey';

/**
 * One of the ways in which a person signs in. Of the passphrase, which goes with a one-time code, the secrets lie with the
 * person; of a passkey (WebAuthn Level 3) what its credential is known by lies here.
 */
@Entity('staff_authenticators')
@Unique('uq_staff_authenticators_credential_id', ['credentialId'])
@Index('ix_staff_authenticators_staff_id', ['staffId'])
@Check(
  'ck_staff_authenticators_kind',
  `(kind = 'passphrase' AND credential_id IS NULL AND public_key IS NULL AND counter IS NULL AND prf_salt IS NULL)
   OR (kind = 'passkey' AND credential_id IS NOT NULL AND public_key IS NOT NULL AND counter IS NOT NULL)`,
)
export class StaffAuthenticator {
  @PrimaryColumn({ name: 'id', type: 'uuid', primaryKeyConstraintName: 'pk_staff_authenticators' })
  id: string;

  @ForeignKey(() => StaffMember, { name: 'fk_staff_authenticators_staff_id' })
  @Column({ name: 'staff_id', type: 'uuid' })
  staffId: string;

  @Column({ name: 'kind', type: 'text' })
  kind: AuthenticatorKind;

  /** What the person calls it; empty for the passphrase, of which there is one. */
  @Column({ name: 'label', type: 'text' })
  label: string;

  /** YYYY-MM-DD in Pacific/Auckland. */
  @Column({ name: 'added_on', type: 'date' })
  addedOn: string;

  @Column({ name: 'last_used_on', type: 'date', nullable: true })
  lastUsedOn: string | null;

  /** Base64url. */
  @Column({ name: 'credential_id', type: 'text', nullable: true })
  credentialId: string | null;

  /** COSE_Key (RFC 9052). */
  @Column({ name: 'public_key', type: 'bytea', nullable: true })
  publicKey: Buffer | null;

  /** Of the last signature that counted; stays 0 where the authenticator counts none. */
  @Column({ name: 'counter', type: 'bigint', nullable: true })
  counter: string | null;

  @Column({ name: 'transports', type: 'text', array: true, nullable: true })
  transports: string[] | null;

  /** Random, for this credential alone; null where its authenticator has no PRF, so that it signs in and unlocks nothing. */
  @Column({ name: 'prf_salt', type: 'text', nullable: true })
  prfSalt: string | null;
}

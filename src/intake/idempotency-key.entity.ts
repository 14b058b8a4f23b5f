import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The answer to a lodging, kept for a day so that the same request is answered the same. Readable only with the key. */
@Entity('idempotency_keys')
@Index('ix_idempotency_keys_expires_at', ['expiresAt'])
export class IdempotencyKey {
  /** SHA-256 of the key. */
  @PrimaryColumn({ name: 'key_hash', type: 'bytea', primaryKeyConstraintName: 'pk_idempotency_keys' })
  keyHash: Buffer;

  /** HMAC of the body under the key: tells a repeated request from another one without keeping either. */
  @Column({ type: 'bytea' })
  fingerprint: Buffer;

  /** JWE of the answer under a key derived from the idempotency key: a receipt may be inside. */
  @Column({ type: 'text' })
  answer: string;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;
}

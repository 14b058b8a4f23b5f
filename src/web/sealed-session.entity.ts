import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A draft or an opened mailbox of somebody without JavaScript, sealed under a key that only their cookie holds. */
@Entity('sealed_sessions')
@Index('ix_sealed_sessions_expires_at', ['expiresAt'])
export class SealedSession {
  @PrimaryColumn({ name: 'id_hash', type: 'bytea', primaryKeyConstraintName: 'pk_sealed_sessions' })
  idHash: Buffer;

  @Column({ name: 'jwe', type: 'text' })
  jwe: string;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;
}

import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A challenge that a passkey has answered, kept until it is too old to be answered again. */
@Entity('staff_used_challenges')
@Index('ix_staff_used_challenges_expires_at', ['expiresAt'])
export class UsedChallenge {
  @PrimaryColumn({ name: 'challenge_hash', type: 'bytea', primaryKeyConstraintName: 'pk_staff_used_challenges' })
  challengeHash: Buffer;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;
}

import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { SessionMethod } from './session-method.js';
import { StaffMember } from './staff-member.entity.js';

/** A signed-in browser. The token itself lies only in its cookie. */
@Entity('staff_sessions')
@Unique('uq_staff_sessions_id', ['id'])
@Index('ix_staff_sessions_staff_id', ['staffId'])
@Index('ix_staff_sessions_expires_at', ['expiresAt'])
@Check('ck_staff_sessions_method', `method IN ('passphrase', 'passkey', 'openid')`)
export class StaffSession {
  @PrimaryColumn({ name: 'token_hash', type: 'bytea', primaryKeyConstraintName: 'pk_staff_sessions' })
  tokenHash: Buffer;

  @ForeignKey(() => StaffMember, { name: 'fk_staff_sessions_staff_id' })
  @Column({ name: 'staff_id', type: 'uuid' })
  staffId: string;

  /** How the person signed in. */
  @Column({ name: 'method', type: 'text' })
  method: SessionMethod;

  /** Whether the person could not have been made to sign in like this on somebody else's page. */
  @Column({ name: 'resists_phishing', type: 'boolean' })
  resistsPhishing: boolean;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  /** Moves with each request; the idle limit counts from here. */
  @Column({ name: 'seen_at', type: 'timestamptz' })
  seenAt: Date;

  /** The absolute limit, fixed at sign-in. */
  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;

  /** What the session is called where it is listed and ended; it opens nothing. */
  @Column({ name: 'id', type: 'uuid' })
  id: string;

  /** When the person last proved that it is them: at sign-in, and whenever they were asked again. */
  @Column({ name: 'proved_at', type: 'timestamptz' })
  provedAt: Date;
}

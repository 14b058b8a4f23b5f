import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Wrong tries at one account, from strangers or from one browser that is known there. */
@Entity('slowed_tries')
@Index('ix_slowed_tries_expires_at', ['expiresAt'])
export class SlowedTry {
  /** A MAC of what is tried, so that a copy of the table does not say whose it is. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'pk_slowed_tries' })
  id: Buffer;

  @Column({ type: 'smallint' })
  wrong: number;

  /** Until then no try is looked at. */
  @Column({ name: 'free_at', type: 'timestamptz' })
  freeAt: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;
}

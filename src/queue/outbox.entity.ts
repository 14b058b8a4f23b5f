import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

export const QUEUE_NAMES = ['routing', 'delivery', 'clocks'] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];

/**
 * One piece of work that is promised and not done yet. It goes away in the transaction of its effect, so that the
 * effect happens once however often the job runs: no row means done.
 */
@Entity('outbox')
@Index('ix_outbox_due', ['relayedAt', 'dueAt'], { where: 'dead_at IS NULL' })
@Index('ix_outbox_dead', ['deadAt', 'id'], { where: 'dead_at IS NOT NULL' })
@Check('ck_outbox_queue', `queue IN ('routing', 'delivery', 'clocks')`)
export class OutboxRow {
  /** Also the job's id in the queue and its only content. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_outbox' })
  id: string;

  @Column({ type: 'text' })
  queue: QueueName;

  /** What is to be done, such as `place_case`. */
  @Column({ type: 'text' })
  name: string;

  @Column({ name: 'case_id', type: 'uuid', nullable: true })
  caseId: string | null;

  /** Not before this moment; of work that is due at once, the hour: its minute would be that of a disclosure. */
  @Column({ name: 'due_at', type: 'timestamptz', default: () => "date_trunc('hour', now())" })
  dueAt: Date;

  /** When it was last handed to the queue. */
  @Column({ name: 'relayed_at', type: 'timestamptz', nullable: true })
  relayedAt: Date | null;

  /** Runs that failed. */
  @Column({ type: 'integer', default: 0 })
  attempts: number;

  /** The day it was given up; whoever looks after the server may replay it. */
  @Column({ name: 'dead_at', type: 'timestamptz', nullable: true })
  deadAt: Date | null;

  /** Code of the last failure, never its words: a mail server's refusal quotes the address. */
  @Column({ name: 'error_code', type: 'text', nullable: true })
  errorCode: string | null;
}

import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import type { QueueName } from './outbox.entity.js';

/** A queue that rests: nothing of it is begun until someone lets it go on. Here, so that it outlives every process. */
@Entity('queue_pauses')
@Check('ck_queue_pauses_queue', `queue IN ('routing', 'delivery', 'clocks')`)
export class QueuePause {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_queue_pauses' })
  queue: QueueName;

  /** Member of staff. */
  @Column({ name: 'paused_by', type: 'uuid' })
  pausedBy: string;

  /** Day in Pacific/Auckland. */
  @Column({ name: 'paused_on', type: 'date' })
  pausedOn: string;
}

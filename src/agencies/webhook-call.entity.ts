import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Agency } from './agency.entity.js';

export type WebhookEvent = 'case.placed' | 'case.message' | 'case.handed_over' | 'test';

/** A call that is promised and not taken yet: whom to call about what. It goes away in the transaction of its outbox row. */
@Entity('webhook_calls')
@Index('ix_webhook_calls_agency_id', ['agencyId'])
@Check('ck_webhook_calls_event', `event IN ('case.placed', 'case.message', 'case.handed_over', 'test')`)
@Check('ck_webhook_calls_case', `(event = 'test') = (case_id IS NULL)`)
@Check('ck_webhook_calls_item', `(event = 'case.message') = (item_id IS NOT NULL)`)
export class WebhookCall {
  /** That of the outbox row it is promised with; the receiver is told it, the same at every try. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_webhook_calls' })
  id: string;

  @ForeignKey(() => Agency, { name: 'fk_webhook_calls_agency_id' })
  @Column({ name: 'agency_id', type: 'text' })
  agencyId: string;

  @Column({ type: 'text' })
  event: WebhookEvent;

  @Column({ name: 'case_id', type: 'uuid', nullable: true })
  caseId: string | null;

  /** The item that came, of a message. */
  @Column({ name: 'item_id', type: 'uuid', nullable: true })
  itemId: string | null;
}

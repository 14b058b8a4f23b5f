import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Agency } from './agency.entity.js';

/** Where an agency's own system is called when a complaint comes. */
@Entity('webhook_endpoints')
export class WebhookEndpoint {
  @ForeignKey(() => Agency, { name: 'fk_webhook_endpoints_agency_id' })
  @PrimaryColumn({ name: 'agency_id', type: 'text', primaryKeyConstraintName: 'pk_webhook_endpoints' })
  agencyId: string;

  /** Its query may be a password of theirs, so it is in no log. */
  @Column({ type: 'text' })
  url: string;

  @Column({ type: 'boolean', default: true })
  active: boolean;

  /** Calls that failed since the last that did not. */
  @Column({ type: 'integer', default: 0 })
  failures: number;

  /** Code of the last failure; null once a call was taken. */
  @Column({ name: 'error_code', type: 'text', nullable: true })
  errorCode: string | null;

  /** Day in Pacific/Auckland. */
  @Column({ name: 'last_delivered_on', type: 'date', nullable: true })
  lastDeliveredOn: string | null;
}

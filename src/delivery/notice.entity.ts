import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A notice by email. A disclosure's agency gets none for the case, only its daily digest. */
@Entity('notices')
@Index('ix_notices_case_id', ['caseId'])
@Index('ix_notices_agency', ['agencyId', 'state', 'sentOn'], { where: "to_whom = 'agency'" })
@Check('ck_notices_to_whom', `to_whom IN ('agency', 'person')`)
@Check('ck_notices_state', `state IN ('waiting', 'sent', 'dead')`)
@Check('ck_notices_sent_on', `(state = 'sent') = (sent_on IS NOT NULL)`)
export class Notice {
  /** That of the outbox row it was promised with. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_notices' })
  id: string;

  /** Null for a digest. */
  @Column({ name: 'case_id', type: 'uuid', nullable: true })
  caseId: string | null;

  @Column({ name: 'agency_id', type: 'text', nullable: true })
  agencyId: string | null;

  @Column({ name: 'to_whom', type: 'text' })
  toWhom: 'agency' | 'person';

  @Column({ type: 'text' })
  state: 'waiting' | 'sent' | 'dead';

  /** Tries that failed. */
  @Column({ type: 'integer', default: 0 })
  attempts: number;

  /** Day in Pacific/Auckland. */
  @Column({ name: 'sent_on', type: 'date', nullable: true })
  sentOn: string | null;
}

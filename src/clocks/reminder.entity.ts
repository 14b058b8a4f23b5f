import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** What an agency was reminded of on one day. Complaints alone: nothing but its fixed digest speaks of disclosures. */
@Entity('reminders')
@Unique('uq_reminders_agency_id_day', ['agencyId', 'day'])
export class Reminder {
  /** That of the outbox row it is sent by. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_reminders' })
  id: string;

  @Column({ name: 'agency_id', type: 'text' })
  agencyId: string;

  /** Day in Pacific/Auckland. */
  @Column({ type: 'date' })
  day: string;

  /** Complaints whose answer is due on the day or soon after it. */
  @Column({ name: 'due_soon', type: 'integer' })
  dueSoon: number;

  /** Complaints whose answer was due before the day. */
  @Column({ type: 'integer' })
  overdue: number;
}

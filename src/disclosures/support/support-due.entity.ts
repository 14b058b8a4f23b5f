import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Agency } from '../../agencies/agency.entity.js';
import { Case } from '../../cases/case.entity.js';

/** By when those who have a disclosure look again at how the person is supported. */
@Entity('support_due')
@Index('ix_support_due', ['agencyId', 'dueOn', 'caseId'], { where: '(due_on IS NOT NULL)' })
export class SupportDue {
  @ForeignKey(() => Case, { name: 'fk_support_due_case_id' })
  @PrimaryColumn({ name: 'case_id', type: 'uuid', primaryKeyConstraintName: 'pk_support_due' })
  caseId: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'pk_support_due' })
  round: number;

  @ForeignKey(() => Agency, { name: 'fk_support_due_agency_id' })
  @Column({ name: 'agency_id', type: 'text' })
  agencyId: string;

  /** How often the day was set. */
  @Column({ type: 'integer' })
  number: number;

  /** Null where no more is needed. */
  @Column({ name: 'due_on', type: 'date', nullable: true })
  dueOn: string | null;
}

import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What has to be done by then: answer a complaint, or take the steps of section 13 on a disclosure. */
export type ClockKind = 'answer' | 's13';

/** By which law or promise. `our_aim` is not a legal limit, and is shown so. */
export type ClockBasis = 'our_aim' | 'published_standard' | 'pda_s13';

/** Something due on a case. Days are those of Pacific/Auckland. */
@Entity('clocks')
@Index('ix_clocks_running', ['dueOn', 'caseId'], { where: 'met_on IS NULL AND stopped_on IS NULL' })
@Index('ix_clocks_steps', ['agencyId', 'nextOn', 'caseId'], {
  where: `kind = 's13' AND met_on IS NULL AND stopped_on IS NULL`,
})
@Index('ix_clocks_oversight', ['startedOn', 'caseId', 'round'], { where: `kind = 's13'` })
@Index('ix_clocks_handed_on', ['stoppedOn'], { where: `kind = 's13' AND stopped_on IS NOT NULL` })
@Check('ck_clocks_steps', `kind <> 's13' OR (agency_id IS NOT NULL AND next_on IS NOT NULL)`)
@Check('ck_clocks_basis', `basis IN ('our_aim', 'published_standard', 'pda_s13')`)
export class Clock {
  @PrimaryColumn({ name: 'case_id', type: 'uuid', primaryKeyConstraintName: 'pk_clocks' })
  caseId: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_clocks' })
  kind: ClockKind;

  /** How often the case had been handed on when this clock began: each agency that has it has one of its own. */
  @PrimaryColumn({ type: 'integer', default: 0, primaryKeyConstraintName: 'pk_clocks' })
  round: number;

  @Column({ type: 'text' })
  basis: ClockBasis;

  @Column({ name: 'started_on', type: 'date' })
  startedOn: string;

  @Column({ name: 'due_on', type: 'date' })
  dueOn: string;

  @Column({ name: 'met_on', type: 'date', nullable: true })
  metOn: string | null;

  /** The day another agency took the case over. */
  @Column({ name: 'stopped_on', type: 'date', nullable: true })
  stoppedOn: string | null;

  /** Of the steps on a disclosure: whose they are. */
  @Column({ name: 'agency_id', type: 'text', nullable: true })
  agencyId: string | null;

  /** Of the steps on a disclosure: by when the next is due. */
  @Column({ name: 'next_on', type: 'date', nullable: true })
  nextOn: string | null;
}

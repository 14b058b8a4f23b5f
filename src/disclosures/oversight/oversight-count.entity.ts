import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Agency } from '../../agencies/agency.entity.js';
import type { OversightBasis } from './count-steps.js';

/** How an agency kept to the steps of the law on the disclosures that it received in a quarter. Counted anew every month. */
@Entity('oversight_counts')
@Check('ck_oversight_counts_basis', `basis IN ('pda_s13', 'our_aim')`)
@Check('ck_oversight_counts_steps', 'cardinality(on_time) = 5 AND cardinality(late) = 5 AND cardinality(overdue) = 5')
export class OversightCount {
  /** Its first day. */
  @PrimaryColumn({ type: 'date', primaryKeyConstraintName: 'pk_oversight_counts' })
  quarter: string;

  @ForeignKey(() => Agency, { name: 'fk_oversight_counts_agency_id' })
  @PrimaryColumn({ name: 'agency_id', type: 'text', primaryKeyConstraintName: 'pk_oversight_counts' })
  agencyId: string;

  /** Whether the steps are the law's, or only an aim of ours as at the triage desk. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_oversight_counts' })
  basis: OversightBasis;

  @Column({ type: 'integer' })
  received: number;

  /** For each of the five steps, in their order: how often it was done by its day. */
  @Column({ name: 'on_time', type: 'integer', array: true })
  onTime: number[];

  /** How often it was done after its day. */
  @Column({ type: 'integer', array: true })
  late: number[];

  /** How often its day went by and it was not done. */
  @Column({ type: 'integer', array: true })
  overdue: number[];

  /** How often the person was told that it takes longer (section 13(2)). */
  @Column({ type: 'integer' })
  longer: number;

  /** How many were closed without action (section 15). */
  @Column({ name: 'no_action', type: 'integer' })
  noAction: number;

  /** The day of the count. */
  @Column({ name: 'counted_on', type: 'date' })
  countedOn: string;
}

import { Check, Column, Entity, ForeignKey, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { Agency } from '../agencies/agency.entity.js';
import { Conflict } from '../web/errors.js';
import type { AnyOutcome } from './case-outcome.js';
import { mayMove, type CaseStatus } from './case-status.js';

export type CasePath = 'complaint' | 'disclosure';
export type Delivery = 'direct' | 'triage_desk';

/** A case: everything about it that is in clear. Its words are in its items, sealed. */
@Entity('cases')
@Unique('uq_cases_reference', ['reference'])
@Index('ix_cases_inbox', ['agencyId', 'path', 'lodgedOn', 'id'])
@Index('ix_cases_status', ['agencyId', 'path', 'status', 'lodgedOn', 'id'])
@Index('ix_cases_held', ['assignedTo', 'path', 'lodgedOn', 'id'], { where: '(assigned_to IS NOT NULL)' })
@Index('ix_cases_held_status', ['assignedTo', 'path', 'status', 'lodgedOn', 'id'], {
  where: '(assigned_to IS NOT NULL)',
})
@Index('ix_cases_free', ['agencyId', 'path', 'lodgedOn', 'id'], { where: '(assigned_to IS NULL)' })
@Index('ix_cases_free_status', ['agencyId', 'path', 'status', 'lodgedOn', 'id'], { where: '(assigned_to IS NULL)' })
@Index('ix_cases_whole', ['wholeId', 'partNumber'], { unique: true, where: '(whole_id IS NOT NULL)' })
@Check('ck_cases_path', `path IN ('complaint', 'disclosure')`)
@Check('ck_cases_delivery', `delivery IN ('direct', 'triage_desk')`)
@Check('ck_cases_status', `status IN ('lodged', 'placed', 'acknowledged', 'closed')`)
@Check('ck_cases_sealed_where', `sealed_where IN ('browser', 'arrival')`)
@Check('ck_cases_facets', `path = 'complaint' OR facets IS NULL`)
@Check('ck_cases_rules', `path = 'complaint' OR rules = '{}'`)
@Check('ck_cases_decision', `path = 'complaint' OR (decided_for IS NULL AND chosen IS NULL)`)
@Check('ck_cases_part', `(whole_id IS NULL) = (part_number IS NULL) AND part_number BETWEEN 1 AND 9 AND whole_id <> id`)
@Check('ck_cases_part_path', `path = 'complaint' OR whole_id IS NULL`)
@Check(
  'ck_cases_outcome',
  `CASE path WHEN 'complaint' THEN outcome IN ('upheld', 'partly_upheld', 'not_upheld', 'resolved', 'no_power', 'duplicate', 'withdrawn')
             ELSE outcome IN ('addressed', 'investigated', 'referred', 'no_action') END`,
)
@Check('ck_cases_closed', `(status = 'closed' OR closed_on IS NULL) AND (outcome IS NULL) = (closed_on IS NULL)`)
export class Case {
  /** UUIDv4 chosen by whoever seals, since it stands inside what is sealed. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_cases' })
  id: string;

  @Column({ type: 'text' })
  reference: string;

  @Column({ name: 'agency_id', type: 'text' })
  agencyId: string;

  @ManyToOne(() => Agency)
  @JoinColumn({ name: 'agency_id', foreignKeyConstraintName: 'fk_cases_agency_id' })
  agency: unknown;

  @Column({ type: 'text' })
  path: CasePath;

  @Column({ type: 'text' })
  delivery: Delivery;

  /** The facets in clear; a disclosure's are sealed into its statement and stand nowhere else. */
  @Column({ type: 'jsonb', nullable: true })
  facets: Record<string, string> | null;

  @Column({ type: 'text' })
  ruleset: string;

  /** Ids of the rules that fired. None of a disclosure: they tell its facets. Its reader replays them from the facets. */
  @Column({ type: 'text', array: true })
  rules: string[];

  /** The agency the ruleset chose; not kept of a disclosure, of which only the receiver is in clear. */
  @Column({ name: 'decided_for', type: 'text', nullable: true })
  decidedFor: string | null;

  /** The agency the person chose instead, if they did; of a disclosure it stands beside its sealed facets. */
  @Column({ type: 'text', nullable: true })
  chosen: string | null;

  @Column({ name: 'sealed_where', type: 'text' })
  sealedWhere: 'browser' | 'arrival';

  @Column({ type: 'text' })
  status: CaseStatus;

  /** Day in Pacific/Auckland: what a reporter does carries a date only. */
  @Column({ name: 'lodged_on', type: 'date' })
  lodgedOn: string;

  @Column({ name: 'acknowledged_on', type: 'date', nullable: true })
  acknowledgedOn: string | null;

  @Column({ name: 'assigned_to', type: 'uuid', nullable: true })
  assignedTo: string | null;

  /** The case of which this is a part; its mailbox is this one's too. */
  @ForeignKey(() => Case, { name: 'fk_cases_whole_id' })
  @Column({ name: 'whole_id', type: 'uuid', nullable: true })
  wholeId: string | null;

  /** From 1 within the whole. */
  @Column({ name: 'part_number', type: 'integer', nullable: true })
  partNumber: number | null;

  /** How it ended, while it is closed. */
  @Column({ type: 'text', nullable: true })
  outcome: AnyOutcome | null;

  @Column({ name: 'closed_on', type: 'date', nullable: true })
  closedOn: string | null;

  /**
   * Ends the case.
   *
   * @param on day in Pacific/Auckland, YYYY-MM-DD
   * @throws {Conflict} when it has ended already, or has not been placed yet
   */
  close(outcome: AnyOutcome, on: string): void {
    this.moveTo('closed');
    this.outcome = outcome;
    this.closedOn = on;
  }

  /** Takes a closed case up again. Not a move of its status: to acknowledge a closed case must stay impossible. */
  reopen(): void {
    if (this.status !== 'closed') throw new Conflict('not_closed', 'This case is open already.');
    this.status = 'acknowledged';
    this.outcome = null;
    this.closedOn = null;
  }

  /**
   * Moves the case on.
   *
   * @throws {Conflict} when the case cannot go there from where it is
   */
  moveTo(status: CaseStatus): void {
    if (!mayMove(this.status, status)) {
      throw new Conflict('impossible_move', 'This has already been done, or cannot be done to the case as it stands.');
    }
    this.status = status;
  }
}

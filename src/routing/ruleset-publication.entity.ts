import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * A ruleset that was proposed by one person and, once approved by another, is in force from a day. An approved row never
 * changes: the database refuses it, whoever asks.
 */
@Entity('ruleset_publications')
@Check('ck_ruleset_publications_sha256', `sha256 ~ '^[0-9a-f]{64}$'`)
@Check('ck_ruleset_publications_two_people', `approved_by <> proposed_by`)
@Check('ck_ruleset_publications_approved', `(approved_by IS NULL) = (approved_at IS NULL)`)
export class RulesetPublication {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_ruleset_publications' })
  version: string;

  /** Of the ruleset's file as it was proposed. */
  @Column({ type: 'text' })
  sha256: string;

  /** First day in force, in Pacific/Auckland. */
  @Column({ name: 'from_on', type: 'date' })
  fromOn: string;

  @Column({ name: 'proposed_by', type: 'uuid' })
  proposedBy: string;

  @Column({ name: 'proposed_on', type: 'date' })
  proposedOn: string;

  @Column({ name: 'approved_by', type: 'uuid', nullable: true })
  approvedBy: string | null;

  /** Of two that begin on one day, the one approved last is in force. */
  @Column({ name: 'approved_at', type: 'timestamptz', precision: 3, nullable: true })
  approvedAt: Date | null;
}

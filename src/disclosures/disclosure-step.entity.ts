import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { Agency } from '../agencies/agency.entity.js';
import { Case } from '../cases/case.entity.js';
import type { Action, StepKind } from './duty-steps.js';
import type { NoActionReason } from './no-action.js';

/** A step that was taken on a disclosure. Never changed; what is said in words lies sealed beside it. */
@Entity('disclosure_steps')
@Unique('uq_disclosure_steps_number', ['caseId', 'round', 'number'])
@Index('ix_disclosure_steps_no_action', ['agencyId', 'takenOn', 'id'], { where: '(reason IS NOT NULL)' })
@Check(
  'ck_disclosure_steps_kind',
  `kind IN ('acknowledge', 'consider', 'elsewhere', 'extend', 'update', 'deal', 'inform', 'reopen')`,
)
@Check(
  'ck_disclosure_steps_words',
  `CASE kind WHEN 'acknowledge' THEN item_id IS NOT NULL OR NOT orally
             WHEN 'deal' THEN item_id IS NULL WHEN 'reopen' THEN item_id IS NULL ELSE item_id IS NOT NULL END`,
)
@Check(
  'ck_disclosure_steps_facts',
  `(kind = 'acknowledge') = (received_on IS NOT NULL) AND (kind = 'acknowledge') = (orally IS NOT NULL)
   AND (kind = 'elsewhere') = (asked IS NOT NULL) AND (kind = 'extend') = (expected_on IS NOT NULL)
   AND (kind = 'deal') = (actions IS NOT NULL)
   AND coalesce('no_action' = ANY (actions), false) = (reason IS NOT NULL)`,
)
@Check(
  'ck_disclosure_steps_actions',
  `actions <@ ARRAY['investigating', 'addressing', 'referring', 'no_action'] AND cardinality(actions) > 0`,
)
@Check(
  'ck_disclosure_steps_consulted',
  `(discloser_consulted_on IS NULL) = (recipient_consulted_on IS NULL)
   AND (recipient_consulted_on IS NULL OR coalesce('referring' = ANY (actions), false))`,
)
@Check(
  'ck_disclosure_steps_reason',
  `reason IN ('not_a_disclosure_under_the_act', 'too_long_ago', 'better_addressed_otherwise', 'other')`,
)
export class DisclosureStep {
  /** UUIDv4 chosen by the browser, so that what is sent twice is taken once. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_disclosure_steps' })
  id: string;

  @ForeignKey(() => Case, { name: 'fk_disclosure_steps_case_id' })
  @Column({ name: 'case_id', type: 'uuid' })
  caseId: string;

  /** Whose step it was. */
  @ForeignKey(() => Agency, { name: 'fk_disclosure_steps_agency_id' })
  @Column({ name: 'agency_id', type: 'text' })
  agencyId: string;

  /** As that of its clock: each agency that has the disclosure has steps of its own. */
  @Column({ type: 'integer' })
  round: number;

  /** Order within the round, from 1. */
  @Column({ type: 'integer' })
  number: number;

  @Column({ type: 'text' })
  kind: StepKind;

  @Column({ name: 'taken_by', type: 'uuid' })
  takenBy: string;

  /** Day in Pacific/Auckland. */
  @Column({ name: 'taken_on', type: 'date' })
  takenOn: string;

  /** The sealed item that says it in words: to the person, or in a note for the desk. */
  @Column({ name: 'item_id', type: 'uuid', nullable: true })
  itemId: string | null;

  /** Of `acknowledge`: the date received, as the person was told. */
  @Column({ name: 'received_on', type: 'date', nullable: true })
  receivedOn: string | null;

  /** Of `acknowledge`: whether it was told by mouth, and is summed up in the sealed words. */
  @Column({ type: 'boolean', nullable: true })
  orally: boolean | null;

  /** Of `elsewhere`: whether the person was asked, or had said so already. */
  @Column({ type: 'boolean', nullable: true })
  asked: boolean | null;

  /** Of `extend`: by when the receiver expects to be done. */
  @Column({ name: 'expected_on', type: 'date', nullable: true })
  expectedOn: string | null;

  /** Of `deal`. */
  @Column({ type: 'text', array: true, nullable: true })
  actions: Action[] | null;

  /** Of `deal` by no action. */
  @Column({ type: 'text', nullable: true })
  reason: NoActionReason | null;

  /** Of `deal` by referring it outside this service: when the discloser was consulted first. */
  @Column({ name: 'discloser_consulted_on', type: 'date', nullable: true })
  discloserConsultedOn: string | null;

  /** Of the same: when the receiver that it is referred to was. */
  @Column({ name: 'recipient_consulted_on', type: 'date', nullable: true })
  recipientConsultedOn: string | null;
}

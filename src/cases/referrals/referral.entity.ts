import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { Agency } from '../../agencies/agency.entity.js';
import { Conflict } from '../../web/errors.js';
import { Case } from '../case.entity.js';
import type { ReferralGroundCode } from './referral-grounds.js';
import type { DeclineReason, ReferralReason } from './referral-reasons.js';
import { mayMoveReferral, type ReferralState } from './referral-status.js';

/** One warm referral: an agency that has a case asks another to take it over. Days are those of Pacific/Auckland. */
@Entity('referrals')
@Unique('uq_referrals_case_id_number', ['caseId', 'number'])
@Index('uq_referrals_under_way', ['caseId'], {
  unique: true,
  where: `(state = ANY (ARRAY['held'::text, 'proposed'::text, 'consulted'::text, 'grant_again'::text, 'granted'::text]))`,
})
@Index('ix_referrals_coming', ['toAgency', 'proposedOn', 'id'], {
  where: `(state = ANY (ARRAY['consulted'::text, 'granted'::text]))`,
})
@Index('ix_referrals_going', ['fromAgency', 'proposedOn', 'id'], {
  where: `(state = ANY (ARRAY['held'::text, 'proposed'::text, 'consulted'::text, 'grant_again'::text, 'granted'::text]))`,
})
@Check(
  'ck_referrals_state',
  `state IN ('held', 'proposed', 'consulted', 'grant_again', 'granted', 'opened',
             'declined', 'refused', 'withdrawn', 'stopped')`,
)
@Check('ck_referrals_elsewhere', `from_agency <> to_agency`)
@Check(
  'ck_referrals_consulted',
  `state NOT IN ('consulted', 'granted', 'opened') OR consent IS NOT NULL OR ground IS NOT NULL`,
)
@Check('ck_referrals_accepted', `state NOT IN ('granted', 'opened') OR accepted_by IS NOT NULL`)
@Check(
  'ck_referrals_ended',
  `(state IN ('opened', 'declined', 'refused', 'withdrawn', 'stopped')) = (ended_on IS NOT NULL)`,
)
export class Referral {
  /** UUIDv4 chosen by the sender's browser, so that a proposal sent twice is one. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_referrals' })
  id: string;

  @ForeignKey(() => Case, { name: 'fk_referrals_case_id' })
  @Column({ name: 'case_id', type: 'uuid' })
  caseId: string;

  /** The epoch of the case's `referral` key under which its newest note is sealed. */
  @Column({ type: 'integer' })
  number: number;

  @ForeignKey(() => Agency, { name: 'fk_referrals_from_agency' })
  @Column({ name: 'from_agency', type: 'text' })
  fromAgency: string;

  @ForeignKey(() => Agency, { name: 'fk_referrals_to_agency' })
  @Column({ name: 'to_agency', type: 'text' })
  toAgency: string;

  @Column({ type: 'text' })
  reason: ReferralReason;

  /** Whether who the person is would go along. What is really shared is also the person's to say. */
  @Column({ name: 'share_identity', type: 'boolean' })
  shareIdentity: boolean;

  @Column({ type: 'text' })
  state: ReferralState;

  @Column({ name: 'proposed_by', type: 'uuid' })
  proposedBy: string;

  @Column({ name: 'proposed_on', type: 'date' })
  proposedOn: string;

  /** Of a disclosure: the day the receiver was spoken to, as section 16 of its Act wants. */
  @Column({ name: 'recipient_consulted_on', type: 'date', nullable: true })
  recipientConsultedOn: string | null;

  /** The day there was a consent or a ground. */
  @Column({ name: 'consulted_on', type: 'date', nullable: true })
  consultedOn: string | null;

  /** What the person signed, a compact JWS. It may come after the fact, where a ground came before. */
  @Column({ type: 'text', nullable: true })
  consent: string | null;

  @Column({ type: 'text', nullable: true })
  ground: ReferralGroundCode | null;

  @Column({ name: 'grounded_by', type: 'uuid', nullable: true })
  groundedBy: string | null;

  /** The day the person said no to it, or took their yes back; null where they have not. */
  @Column({ name: 'refused_on', type: 'date', nullable: true })
  refusedOn: string | null;

  @Column({ name: 'accepted_by', type: 'uuid', nullable: true })
  acceptedBy: string | null;

  @Column({ name: 'accepted_on', type: 'date', nullable: true })
  acceptedOn: string | null;

  @Column({ name: 'declined_reason', type: 'text', nullable: true })
  declinedReason: DeclineReason | null;

  @Column({ name: 'ended_on', type: 'date', nullable: true })
  endedOn: string | null;

  /** Whether the person says that they had to tell it again. */
  @Column({ type: 'boolean', default: false })
  retold: boolean;

  /**
   * Moves the referral on.
   *
   * @throws {Conflict} `impossible_move` when it cannot go there from where it is
   */
  moveTo(state: ReferralState): void {
    if (!mayMoveReferral(this.state, state)) {
      throw new Conflict('impossible_move', 'This referral has moved on meanwhile. Look again first.');
    }
    this.state = state;
  }
}

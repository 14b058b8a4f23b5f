import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { CaseItem } from '../../cases/case-item.entity.js';
import { Case } from '../../cases/case.entity.js';
import { StaffMember } from '../../staff/staff-member.entity.js';
import type { NotPracticable, ReleaseGround } from './release-grounds.js';

/** Where a release stands. It is the second person's yes that releases; nothing is released before. */
export type ReleaseState = 'asked' | 'approved' | 'declined' | 'withdrawn';

/** A release of who wrote a disclosure (Protected Disclosures Act 2022, s 17). Days are in Pacific/Auckland. */
@Entity('identity_releases')
@Index('ix_identity_releases_case_id', ['caseId'])
@Index('ix_identity_releases_untold', ['caseId'], { where: `((state = 'approved'::text) AND (told_on IS NULL))` })
@Index('ix_identity_releases_asked_on_id', ['askedOn', 'id'])
@Check(
  'ck_identity_releases_ground',
  `ground IN ('consent', 'effective_investigation', 'serious_risk', 'natural_justice', 'law_enforcement')`,
)
@Check('ck_identity_releases_state', `state IN ('asked', 'approved', 'declined', 'withdrawn')`)
@Check(
  'ck_identity_releases_consulted',
  `(consent_item IS NOT NULL) = (ground = 'consent') AND (consulted_on IS NULL) = (not_practicable IS NOT NULL)
   AND (not_practicable IS NULL OR ground IN ('serious_risk', 'law_enforcement'))`,
)
@Check(
  'ck_identity_releases_withheld',
  `(reader IS NULL) = (to_staff IS NULL) AND (epoch IS NULL) = (reader IS NULL)
   AND (wrapped IS NULL OR (reader IS NOT NULL AND state = 'asked'))`,
)
@Check(
  'ck_identity_releases_second',
  `(state = 'asked') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_on IS NULL)
   AND (state = 'asked' OR (decided_by = asked_by) = (state = 'withdrawn'))
   AND (decided_by <> to_staff OR state = 'declined') AND asked_by <> to_staff`,
)
@Check(
  'ck_identity_releases_told',
  `(told_item IS NULL) = (told_on IS NULL) AND (told_by IS NULL) = (told_on IS NULL)
   AND (told_on IS NULL OR state = 'approved')`,
)
export class IdentityRelease {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_identity_releases' })
  id: string;

  @ForeignKey(() => Case, { name: 'fk_identity_releases_case_id' })
  @Column({ name: 'case_id', type: 'uuid' })
  caseId: string;

  @Column({ type: 'text' })
  ground: ReleaseGround;

  /** Sealed under the desk key: the reasonable grounds, and to whom it goes outside the agency. */
  @ForeignKey(() => CaseItem, { name: 'fk_identity_releases_note_item' })
  @Column({ name: 'note_item', type: 'uuid' })
  noteItem: string;

  /** The colleague it is released to; null for outside the agency. */
  @ForeignKey(() => StaffMember, { name: 'fk_identity_releases_to_staff' })
  @Column({ name: 'to_staff', type: 'uuid', nullable: true })
  toStaff: string | null;

  /** Kid of that colleague's key. */
  @Column({ type: 'text', nullable: true })
  reader: string | null;

  /** Of the key of the name. */
  @Column({ type: 'integer', nullable: true })
  epoch: number | null;

  /** That key granted to the colleague, wrapped; withheld until it is decided, and then no longer here. */
  @Column({ type: 'bytea', nullable: true })
  wrapped: Buffer | null;

  @Column({ name: 'consulted_on', type: 'date', nullable: true })
  consultedOn: string | null;

  @Column({ name: 'not_practicable', type: 'text', nullable: true })
  notPracticable: NotPracticable | null;

  /** What the person wrote by which they consented. */
  @ForeignKey(() => CaseItem, { name: 'fk_identity_releases_consent_item' })
  @Column({ name: 'consent_item', type: 'uuid', nullable: true })
  consentItem: string | null;

  @ForeignKey(() => StaffMember, { name: 'fk_identity_releases_asked_by' })
  @Column({ name: 'asked_by', type: 'uuid' })
  askedBy: string;

  @Column({ name: 'asked_on', type: 'date' })
  askedOn: string;

  @Column({ type: 'text' })
  state: ReleaseState;

  @ForeignKey(() => StaffMember, { name: 'fk_identity_releases_decided_by' })
  @Column({ name: 'decided_by', type: 'uuid', nullable: true })
  decidedBy: string | null;

  @Column({ name: 'decided_on', type: 'date', nullable: true })
  decidedOn: string | null;

  /** The reply that told the person. */
  @ForeignKey(() => CaseItem, { name: 'fk_identity_releases_told_item' })
  @Column({ name: 'told_item', type: 'uuid', nullable: true })
  toldItem: string | null;

  @ForeignKey(() => StaffMember, { name: 'fk_identity_releases_told_by' })
  @Column({ name: 'told_by', type: 'uuid', nullable: true })
  toldBy: string | null;

  @Column({ name: 'told_on', type: 'date', nullable: true })
  toldOn: string | null;
}

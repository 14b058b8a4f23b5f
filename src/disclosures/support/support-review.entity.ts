import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { Agency } from '../../agencies/agency.entity.js';
import { CaseItem } from '../../cases/case-item.entity.js';
import { Case } from '../../cases/case.entity.js';
import type { SupportKind } from './support-kinds.js';

/** That somebody looked at how the person is supported. Never changed; what they wrote lies sealed beside it. */
@Entity('support_reviews')
@Unique('uq_support_reviews_number', ['caseId', 'round', 'number'])
@Check('ck_support_reviews_kind', `kind IN ('assessment', 'plan', 'recheck')`)
@Check('ck_support_reviews_next', `next_on IS NOT NULL OR kind = 'recheck'`)
export class SupportReview {
  /** UUIDv4 chosen by the browser, so that what is sent twice is kept once. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_support_reviews' })
  id: string;

  @ForeignKey(() => Case, { name: 'fk_support_reviews_case_id' })
  @Column({ name: 'case_id', type: 'uuid' })
  caseId: string;

  /** Whose it was. */
  @ForeignKey(() => Agency, { name: 'fk_support_reviews_agency_id' })
  @Column({ name: 'agency_id', type: 'text' })
  agencyId: string;

  /** As that of the clock: each agency that has the disclosure has its own. */
  @Column({ type: 'integer' })
  round: number;

  /** Order within the round. Numbers are left out where the day was changed by something else. */
  @Column({ type: 'integer' })
  number: number;

  @Column({ type: 'text' })
  kind: SupportKind;

  /** The note that says it. */
  @ForeignKey(() => CaseItem, { name: 'fk_support_reviews_item_id' })
  @Column({ name: 'item_id', type: 'uuid' })
  itemId: string;

  @Column({ name: 'made_by', type: 'uuid' })
  madeBy: string;

  /** Day in Pacific/Auckland. */
  @Column({ name: 'made_on', type: 'date' })
  madeOn: string;

  /** When it is to be looked at again; null where no more is needed. */
  @Column({ name: 'next_on', type: 'date', nullable: true })
  nextOn: string | null;
}

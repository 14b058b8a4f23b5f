import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import type { CaseKeyName, ItemKind } from '../vault/suite.js';
import { CaseEpoch } from './case-epoch.entity.js';

/** Something that was said in a case, sealed. */
@Entity('case_items')
@Unique('uq_case_items_case_id_position', ['caseId', 'position'])
@Index('ix_case_items_countersignature', ['caseId', 'staffId'], { unique: true, where: "kind = 'countersignature'" })
@Check(
  'ck_case_items_kind',
  `kind IN ('statement', 'identity', 'message', 'reply', 'note', 'referral', 'excerpt', 'countersignature')`,
)
@Check('ck_case_items_author', `author IN ('person', 'agency')`)
export class CaseItem {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_case_items' })
  id: string;

  @Column({ name: 'case_id', type: 'uuid' })
  caseId: string;

  @Column({ type: 'text' })
  key: CaseKeyName;

  @Column({ type: 'integer' })
  epoch: number;

  @ManyToOne(() => CaseEpoch)
  @JoinColumn([
    { name: 'case_id', referencedColumnName: 'caseId', foreignKeyConstraintName: 'fk_case_items_epoch' },
    { name: 'key', referencedColumnName: 'key', foreignKeyConstraintName: 'fk_case_items_epoch' },
    { name: 'epoch', referencedColumnName: 'epoch', foreignKeyConstraintName: 'fk_case_items_epoch' },
  ])
  record: unknown;

  @Column({ type: 'text' })
  kind: ItemKind;

  @Column({ type: 'text' })
  author: 'person' | 'agency';

  @Column({ name: 'staff_id', type: 'uuid', nullable: true })
  staffId: string | null;

  @Column({ type: 'text' })
  jwe: string;

  @Column({ name: 'made_on', type: 'date' })
  madeOn: string;

  /** Order of arrival within the case, from 1, which a date alone does not give. */
  @Column({ type: 'integer' })
  position: number;
}

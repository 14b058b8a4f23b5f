import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { Agency } from '../../agencies/agency.entity.js';

/** What an agency can change. */
export const LEARNING_KINDS = [
  'words_changed',
  'steps_changed',
  'rule_changed',
  'people_trained',
  'people_added',
  'system_mended',
  'other',
] as const;
export type LearningKind = (typeof LEARNING_KINDS)[number];

/**
 * What an agency changed because of what was complained about, in a closed choice and no words: words about complaints
 * would sooner or later be words of a complaint.
 */
@Entity('learning_actions')
@Unique('uq_learning_actions_once', ['agencyId', 'month', 'topic', 'kind'])
@Check(
  'ck_learning_actions_kind',
  `kind IN ('words_changed', 'steps_changed', 'rule_changed', 'people_trained', 'people_added', 'system_mended', 'other')`,
)
export class LearningAction {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_learning_actions' })
  id: string;

  @ForeignKey(() => Agency, { name: 'fk_learning_actions_agency_id' })
  @Column({ name: 'agency_id', type: 'text' })
  agencyId: string;

  @Column({ type: 'text' })
  topic: string;

  @Column({ type: 'text' })
  kind: LearningKind;

  /** From which on it was so: its first day. */
  @Column({ type: 'date' })
  month: string;

  @Column({ name: 'made_by', type: 'uuid' })
  madeBy: string;

  @Column({ name: 'made_on', type: 'date' })
  madeOn: string;
}

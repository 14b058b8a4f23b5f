import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import type { WrongdoingKind } from './wrongdoing-kinds.js';

/**
 * How many disclosures that were first closed in a year were of a kind. Names no case, no agency and no day,
 * and is deleted when the figures of the year are drawn.
 */
@Entity('disclosure_kinds')
@Check('ck_disclosure_kinds_kind', `kind IN ('offence', 'risk', 'law', 'money', 'conduct', 'not-stated')`)
export class DisclosureKind {
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'pk_disclosure_kinds' })
  year: number;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_disclosure_kinds' })
  kind: WrongdoingKind;

  @Column({ type: 'integer' })
  n: number;
}

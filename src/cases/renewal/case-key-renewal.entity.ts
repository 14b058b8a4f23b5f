import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Case } from '../case.entity.js';

/** In a case, a reader's new key that took the place of an old one. */
@Entity('case_key_renewals')
export class CaseKeyRenewal {
  @ForeignKey(() => Case, { name: 'fk_case_key_renewals_case_id' })
  @PrimaryColumn({ name: 'case_id', type: 'uuid', primaryKeyConstraintName: 'pk_case_key_renewals' })
  caseId: string;

  /** Of the key `case`. */
  @PrimaryColumn({ name: 'epoch', type: 'integer', primaryKeyConstraintName: 'pk_case_key_renewals' })
  epoch: number;

  @PrimaryColumn({ name: 'from_kid', type: 'text', primaryKeyConstraintName: 'pk_case_key_renewals' })
  fromKid: string;

  @PrimaryColumn({ name: 'to_kid', type: 'text', primaryKeyConstraintName: 'pk_case_key_renewals' })
  toKid: string;

  /** What shows it to whoever holds that epoch's key; the server cannot check it. */
  @Column({ name: 'held', type: 'text' })
  held: string;
}

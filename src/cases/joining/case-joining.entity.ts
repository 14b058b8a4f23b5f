import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Case } from '../case.entity.js';

/** In a disclosure, the key of a reader whom somebody let read it who held it. */
@Entity('case_joinings')
export class CaseJoining {
  @ForeignKey(() => Case, { name: 'fk_case_joinings_case_id' })
  @PrimaryColumn({ name: 'case_id', type: 'uuid', primaryKeyConstraintName: 'pk_case_joinings' })
  caseId: string;

  /** Of the key `case`. */
  @PrimaryColumn({ name: 'epoch', type: 'integer', primaryKeyConstraintName: 'pk_case_joinings' })
  epoch: number;

  @PrimaryColumn({ name: 'kid', type: 'text', primaryKeyConstraintName: 'pk_case_joinings' })
  kid: string;

  /** What shows it to whoever holds that epoch's key; the server cannot check it. */
  @Column({ name: 'held', type: 'text' })
  held: string;
}

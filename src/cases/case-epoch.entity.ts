import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { CaseKeyName } from '../vault/suite.js';
import { Case } from './case.entity.js';

/** The signed record of one epoch of one of a case's keys. */
@Entity('case_epochs')
@Check('ck_case_epochs_key', `key IN ('case', 'identity', 'desk', 'referral')`)
export class CaseEpoch {
  @PrimaryColumn({ name: 'case_id', type: 'uuid', primaryKeyConstraintName: 'pk_case_epochs' })
  caseId: string;

  @ManyToOne(() => Case)
  @JoinColumn({ name: 'case_id', foreignKeyConstraintName: 'fk_case_epochs_case_id' })
  case: unknown;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_case_epochs' })
  key: CaseKeyName;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'pk_case_epochs' })
  epoch: number;

  /** Compact JWS; readers' browsers check it, the server only its form. */
  @Column({ type: 'text' })
  record: string;
}

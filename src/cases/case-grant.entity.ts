import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { CaseKeyName } from '../vault/suite.js';
import { CaseEpoch } from './case-epoch.entity.js';

/** A key of a case, sealed to one reader and wrapped under the case's disposal key. */
@Entity('case_grants')
@Index('ix_case_grants_reader', ['reader', 'caseId'])
export class CaseGrant {
  @PrimaryColumn({ name: 'case_id', type: 'uuid', primaryKeyConstraintName: 'pk_case_grants' })
  caseId: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_case_grants' })
  key: CaseKeyName;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'pk_case_grants' })
  epoch: number;

  @ManyToOne(() => CaseEpoch)
  @JoinColumn([
    { name: 'case_id', referencedColumnName: 'caseId', foreignKeyConstraintName: 'fk_case_grants_epoch' },
    { name: 'key', referencedColumnName: 'key', foreignKeyConstraintName: 'fk_case_grants_epoch' },
    { name: 'epoch', referencedColumnName: 'epoch', foreignKeyConstraintName: 'fk_case_grants_epoch' },
  ])
  record: unknown;

  /** Thumbprint (RFC 7638) of the reader's key. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_case_grants' })
  reader: string;

  @Column({ type: 'bytea' })
  wrapped: Buffer;
}

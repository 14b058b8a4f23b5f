import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Deleting this row makes every grant of the case unreadable; a store of its own, with backups of its own. */
@Entity({ name: 'keys', schema: 'disposal' })
export class DisposalKey {
  @PrimaryColumn({ name: 'case_id', type: 'uuid', primaryKeyConstraintName: 'pk_disposal_keys' })
  caseId: string;

  @Column({ type: 'bytea' })
  key: Buffer;
}

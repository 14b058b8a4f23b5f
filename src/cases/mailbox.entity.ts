import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { Case } from './case.entity.js';

/** The person's side of a case; found by the hash of what the receipt gives, opened by nobody but its holder. */
@Entity('mailboxes')
@Unique('uq_mailboxes_id_hash', ['idHash'])
export class Mailbox {
  @PrimaryColumn({ name: 'case_id', type: 'uuid', primaryKeyConstraintName: 'pk_mailboxes' })
  caseId: string;

  @ManyToOne(() => Case)
  @JoinColumn({ name: 'case_id', foreignKeyConstraintName: 'fk_mailboxes_case_id' })
  case: unknown;

  @Column({ name: 'id_hash', type: 'bytea' })
  idHash: Buffer;

  @Column({ name: 'agreement_jwk', type: 'jsonb' })
  agreementJwk: Record<string, string>;

  @Column({ name: 'signing_jwk', type: 'jsonb' })
  signingJwk: Record<string, string>;

  @Column({ name: 'sealed_private', type: 'text' })
  sealedPrivate: string;

  /** Address for "you have a message", sealed to the service key. */
  @Column({ name: 'notify_sealed', type: 'text', nullable: true })
  notifySealed: string | null;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a connected agency has chosen to publish about who reads for it: role labels, never account names. */
export interface PublishedReaders {
  readonly complaints?: string;
  readonly disclosures?: string;
}

/** A connected agency. What it is called and what it takes stands in the directory; here is only what changes. */
@Entity('agencies')
export class Agency {
  /** The directory's id, such as `ombudsman`. */
  @PrimaryColumn({ name: 'id', type: 'text', primaryKeyConstraintName: 'pk_agencies' })
  id: string;

  /** Where "there is something in your inbox" goes; no content is ever sent there. */
  @Column({ name: 'notice_email', type: 'text', nullable: true })
  noticeEmail: string | null;

  @Column({ name: 'open_for_intake', type: 'boolean', default: false })
  openForIntake: boolean;

  @Column({ name: 'publishes', type: 'jsonb', nullable: true })
  publishes: PublishedReaders | null;
}

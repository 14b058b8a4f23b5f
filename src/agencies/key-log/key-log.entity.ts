import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { LogEntry, LoggedUse } from '../../vault/key-log.js';

/** A leaf of the log: the text that is hashed, and what it says. Positions run from 0 without gaps. */
@Entity('key_log_entries')
@Index('ix_key_log_entries_kid_use_position', ['kid', 'use', 'position'])
class KeyLogEntryRow {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_key_log_entries' })
  position: string;

  @Column({ type: 'text' })
  entry: string;

  /** Null of an entry about a day, as are the two below. */
  @Column({ name: 'agency_id', type: 'text', nullable: true })
  agencyId: string | null;

  @Column({ type: 'text', nullable: true })
  use: LoggedUse | null;

  @Column({ type: 'text', nullable: true })
  kid: string | null;

  @Column({ type: 'text' })
  act: LogEntry['act'];
}

/** The log at one moment, as it was signed. Numbers run from 1. */
@Entity('key_log_heads')
class KeyLogHeadRow {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_key_log_heads' })
  number: string;

  @Column({ type: 'bigint' })
  size: string;

  /** A compact JWS. */
  @Column({ type: 'text' })
  head: string;

  @Column({ name: 'signed_at', type: 'timestamptz', precision: 0 })
  signedAt: Date;
}

/** That a witness saw a head. */
@Entity('key_log_cosignatures')
class KeyLogCosignatureRow {
  @ForeignKey(() => KeyLogHeadRow, { name: 'fk_key_log_cosignatures_head' })
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_key_log_cosignatures' })
  head: string;

  /** The kid of the witness's key. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_key_log_cosignatures' })
  witness: string;

  /** A compact JWS over the text of the head. */
  @Column({ type: 'text' })
  cosignature: string;
}

export const KEY_LOG_ENTITIES = [KeyLogEntryRow, KeyLogHeadRow, KeyLogCosignatureRow] as const;

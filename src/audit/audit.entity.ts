import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** What an auditor searches. */
const TIMED = 'happened_at IS NOT NULL';

/** One act, as it was recorded in the transaction of the act itself. Never changed, never deleted. */
@Entity('audit_entries')
@Check(
  'ck_audit_entries_actor',
  `actor_kind IN ('staff', 'system') OR (actor_kind IN ('public', 'mailbox') AND actor_id = '' AND happened_at IS NULL)`,
)
@Index('ix_audit_entries_time', ['happenedAt', 'id'], { where: TIMED })
@Index('ix_audit_entries_agency', ['agencyId', 'happenedAt', 'id'], { where: TIMED })
@Index('ix_audit_entries_actor', ['actorId', 'happenedAt', 'id'], { where: TIMED })
@Index('ix_audit_entries_case', ['caseId', 'happenedAt', 'id'], { where: TIMED })
@Index('ix_audit_entries_action', ['action', 'happenedAt', 'id'], { where: TIMED })
@Index('ix_audit_entries_agency_action', ['agencyId', 'action', 'happenedAt', 'id'], { where: TIMED })
@Index('ix_audit_entries_refused', ['happenedAt', 'id'], { where: `${TIMED} AND action LIKE 'refused.%'` })
@Index('ix_audit_entries_day', ['happenedOn'], { where: 'happened_at IS NULL' })
@Index('ix_audit_entries_filler', ['happenedOn'], { where: `action = 'audit.filler'` })
class AuditEntryRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_audit_entries' })
  id: string;

  @Column({ type: 'text' })
  action: string;

  @Column({ name: 'actor_kind', type: 'text' })
  actorKind: 'public' | 'mailbox' | 'staff' | 'system';

  /** Empty for reporters. */
  @Column({ name: 'actor_id', type: 'text' })
  actorId: string;

  @Column({ name: 'agency_id', type: 'text', nullable: true })
  agencyId: string | null;

  @Column({ name: 'case_id', type: 'uuid', nullable: true })
  caseId: string | null;

  /** An id or a code, never text. */
  @Column({ type: 'text', nullable: true })
  subject: string | null;

  /** Null where a date is all that may be known. */
  @Column({ name: 'happened_at', type: 'timestamptz', precision: 3, nullable: true })
  happenedAt: Date | null;

  /** Day in Pacific/Auckland. */
  @Column({ name: 'happened_on', type: 'date' })
  happenedOn: string;
}

/** An entry that is not in the tree yet. */
@Entity('audit_pending')
@Index('ix_audit_pending_night_of', ['nightOf'])
class AuditPendingRow {
  @PrimaryColumn({ name: 'entry_id', type: 'uuid', primaryKeyConstraintName: 'pk_audit_pending' })
  entryId: string;

  /** The day after which the entry enters the tree, in a shuffled batch; null: at once. */
  @Column({ name: 'night_of', type: 'date', nullable: true })
  nightOf: string | null;
}

/** A leaf of the RFC 6962 tree; positions run from 0 without gaps. */
@Entity('audit_leaves')
@Unique('uq_audit_leaves_entry_id', ['entryId'])
class AuditLeafRow {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_audit_leaves' })
  position: string;

  @Column({ name: 'entry_id', type: 'uuid' })
  entryId: string;

  @Column({ name: 'leaf_hash', type: 'bytea' })
  leafHash: Buffer;
}

/** A signed head of the tree. */
@Entity('audit_heads')
class AuditHeadRow {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_audit_heads' })
  size: string;

  @Column({ type: 'bytea' })
  root: Buffer;

  /** The right edge of the tree, from which it is continued without reading what came before. */
  @Column({ type: 'bytea' })
  edge: Buffer;

  @Column({ name: 'signed_at', type: 'timestamptz', precision: 3 })
  signedAt: Date;

  /** Compact JWS (ES384) of size, root and day. */
  @Column({ type: 'text' })
  signature: string;
}

/** A complete subtree: the leaves from place·2^level up to (place+1)·2^level; level 1 and up. */
@Entity('audit_nodes')
class AuditNodeRow {
  @PrimaryColumn({ type: 'smallint', primaryKeyConstraintName: 'pk_audit_nodes' })
  level: number;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_audit_nodes' })
  place: string;

  @Column({ type: 'bytea' })
  hash: Buffer;
}

/** How the tree stood after a day: a leaf of the log of days, whose heads are published. */
@Entity('audit_days')
@Unique('uq_audit_days_day', ['day'])
class AuditDayRow {
  /** From 0, without gaps. */
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'pk_audit_days' })
  position: number;

  /** Day in Pacific/Auckland. */
  @Column({ type: 'date' })
  day: string;

  /** Of the tree of entries; not published. */
  @Column({ type: 'bigint' })
  size: string;

  @Column({ type: 'bytea' })
  root: Buffer;

  /** Without it nobody can try out which size and root the leaf stands for. */
  @Column({ type: 'bytea' })
  nonce: Buffer;

  @Column({ name: 'leaf_hash', type: 'bytea' })
  leafHash: Buffer;

  /** The path from the day before to this one, one hash after the other. */
  @Column({ type: 'bytea' })
  consistency: Buffer;

  /** Compact JWS (ES384) of how many days there are, the root over their leaves, and the day. */
  @Column({ type: 'text' })
  signature: string;
}

export const AUDIT_ENTITIES = [
  AuditEntryRow,
  AuditPendingRow,
  AuditLeafRow,
  AuditHeadRow,
  AuditNodeRow,
  AuditDayRow,
] as const;

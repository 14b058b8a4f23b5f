import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { StaffMember } from '../../staff/staff-member.entity.js';
import type { ReleaseState } from './release-state.js';
import type { DatasetId } from './table-spec.js';

/** One release of a period, from the day that it was prepared. */
@Entity('open_data_releases')
@Unique('uq_open_data_releases_number', ['dataset', 'period', 'number'])
@Index('uq_open_data_releases_under_way', ['dataset', 'period'], {
  unique: true,
  where: `(state IN ('prepared', 'approved', 'drawn'))`,
})
@Index('ix_open_data_releases_listed', ['preparedOn', 'id'])
@Check('ck_open_data_releases_dataset', `dataset IN ('complaints', 'disclosures')`)
@Check('ck_open_data_releases_state', `state IN ('prepared', 'approved', 'drawn', 'published', 'withdrawn')`)
@Check(
  'ck_open_data_releases_period',
  `period ~ CASE dataset WHEN 'complaints' THEN '^20[0-9]{2}-Q[1-4]$' ELSE '^20[0-9]{2}$' END`,
)
@Check('ck_open_data_releases_number', `(state = 'withdrawn') = (number IS NULL) AND number > 0`)
@Check(
  'ck_open_data_releases_two_people',
  `approved_by <> prepared_by AND (approved_by IS NULL) = (approved_on IS NULL)
   AND (approved_by IS NULL) = (state IN ('prepared', 'withdrawn'))`,
)
@Check('ck_open_data_releases_published', `(state = 'published') = (published_on IS NOT NULL)`)
class OpenDataRelease {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_open_data_releases' })
  id: string;

  @Column({ type: 'text' })
  dataset: DatasetId;

  /** `2026-Q3` or `2026`. */
  @Column({ type: 'text' })
  period: string;

  /** From 1; none once it was withdrawn. */
  @Column({ type: 'integer', nullable: true })
  number: number | null;

  @Column({ type: 'text' })
  state: ReleaseState;

  @ForeignKey(() => StaffMember, { name: 'fk_open_data_releases_prepared_by' })
  @Column({ name: 'prepared_by', type: 'uuid' })
  preparedBy: string;

  @Column({ name: 'prepared_on', type: 'date' })
  preparedOn: string;

  /** Somebody else. */
  @ForeignKey(() => StaffMember, { name: 'fk_open_data_releases_approved_by' })
  @Column({ name: 'approved_by', type: 'uuid', nullable: true })
  approvedBy: string | null;

  @Column({ name: 'approved_on', type: 'date', nullable: true })
  approvedOn: string | null;

  @Column({ name: 'published_on', type: 'date', nullable: true })
  publishedOn: string | null;
}

/** What one lodging may cost in a period, and what was spent of it. */
@Entity('privacy_budgets')
@Check('ck_privacy_budgets_cap', `cap = CASE dataset WHEN 'complaints' THEN 2.0000 WHEN 'disclosures' THEN 1.0000 END`)
@Check('ck_privacy_budgets_spent', 'spent >= 0 AND spent <= cap')
class PrivacyBudget {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_privacy_budgets' })
  dataset: DatasetId;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_privacy_budgets' })
  period: string;

  @Column({ type: 'numeric', precision: 6, scale: 4 })
  cap: string;

  @Column({ type: 'numeric', precision: 6, scale: 4, default: 0 })
  spent: string;
}

/** That a table was drawn for a period, and what it cost. Never changed. */
@Entity('privacy_ledger')
@Check('ck_privacy_ledger_draw', 'draw > 0')
@Check('ck_privacy_ledger_cells', 'cells > 0')
@Check('ck_privacy_ledger_epsilon', 'epsilon > 0')
@ForeignKey(() => PrivacyBudget, ['dataset', 'period'], ['dataset', 'period'], { name: 'fk_privacy_ledger_budget' })
class PrivacyLoss {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_privacy_ledger' })
  dataset: DatasetId;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_privacy_ledger' })
  period: string;

  @PrimaryColumn({ name: 'table_name', type: 'text', primaryKeyConstraintName: 'pk_privacy_ledger' })
  tableName: string;

  /** 1: nothing is drawn a second time while the budget is as small as it is. */
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'pk_privacy_ledger' })
  draw: number;

  /** How many were drawn for it. */
  @Column({ type: 'integer' })
  cells: number;

  @Column({ type: 'numeric', precision: 6, scale: 4 })
  epsilon: string;

  @Column({ name: 'spent_on', type: 'date' })
  spentOn: string;
}

/** One cell as it was drawn, with its noise in it. Never changed, and never drawn again. */
@Entity('open_data_draws')
@ForeignKey(() => PrivacyLoss, ['dataset', 'period', 'tableName', 'draw'], ['dataset', 'period', 'tableName', 'draw'], {
  name: 'fk_open_data_draws_ledger',
})
class OpenDataDraw {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_open_data_draws' })
  dataset: DatasetId;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_open_data_draws' })
  period: string;

  @PrimaryColumn({ name: 'table_name', type: 'text', primaryKeyConstraintName: 'pk_open_data_draws' })
  tableName: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'pk_open_data_draws' })
  draw: number;

  /** One of every dimension, in their order. */
  @PrimaryColumn({ type: 'text', array: true, primaryKeyConstraintName: 'pk_open_data_draws' })
  codes: string[];

  @Column({ type: 'integer' })
  value: number;
}

/** A file of a release, to the byte. Never changed. */
@Entity('open_data_files')
@Check('ck_open_data_files_body', `bytes = octet_length(body) AND sha256 = encode(sha256(body), 'hex')`)
class OpenDataFile {
  @ForeignKey(() => OpenDataRelease, { name: 'fk_open_data_files_release_id' })
  @PrimaryColumn({ name: 'release_id', type: 'uuid', primaryKeyConstraintName: 'pk_open_data_files' })
  releaseId: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_open_data_files' })
  name: string;

  @Column({ name: 'media_type', type: 'text' })
  mediaType: string;

  @Column({ type: 'integer' })
  bytes: number;

  /** Lower case hexadecimal. */
  @Column({ type: 'text' })
  sha256: string;

  @Column({ type: 'bytea' })
  body: Buffer;
}

/** Every table of what is published. */
export const OPEN_DATA_ENTITIES = [OpenDataRelease, PrivacyBudget, PrivacyLoss, OpenDataDraw, OpenDataFile] as const;

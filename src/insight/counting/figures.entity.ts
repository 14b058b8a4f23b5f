import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A complaint of which something is to be counted anew. Gone with the transaction that counts it. */
@Entity('figure_events')
class FigureEvent {
  @PrimaryColumn({ name: 'case_id', type: 'uuid', primaryKeyConstraintName: 'pk_figure_events' })
  caseId: string;

  /* No number: a sequence would tell how many there were. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_figure_events' })
  id: string;
}

/**
 * How a complaint stands, as far as it is counted: months and coarse steps, no day, no word and nobody's name. Months are
 * their first day.
 */
@Entity('figure_facts')
@Check('ck_figure_facts_record_key', 'record_key BETWEEN 0 AND 4294967295')
@Check(
  'ck_figure_facts_closed',
  ['closed_by', 'outcome', 'resolved', 'kept_informed']
    .map((column) => `(closed_in IS NULL) = (${column} IS NULL)`)
    .join(' AND '),
)
class FigureFact {
  @PrimaryColumn({ name: 'case_id', type: 'uuid', primaryKeyConstraintName: 'pk_figure_facts' })
  caseId: string;

  /** Fixed for the life of the complaint: its part in the noise of every cell it stands in. */
  @Column({ name: 'record_key', type: 'bigint' })
  recordKey: string;

  @Column({ name: 'received_in', type: 'date' })
  receivedIn: string;

  /** Where it was lodged. */
  @Column({ name: 'first_agency', type: 'text' })
  firstAgency: string;

  /** Who has it now. */
  @Column({ name: 'agency_id', type: 'text' })
  agencyId: string;

  @Column({ type: 'text' })
  topic: string;

  @Column({ type: 'text' })
  channel: string;

  @Column({ type: 'text' })
  stage: string;

  @Column({ type: 'text' })
  acknowledged: string;

  @Column({ type: 'text' })
  answered: string;

  @Column({ name: 'hand_offs', type: 'text' })
  handOffs: string;

  /** Whether an agency got it a second time. */
  @Column({ name: 'came_back', type: 'text' })
  cameBack: string;

  /** Each a month, the agency that handed it on and the one that took it over. */
  @Column({ name: 'handed_on', type: 'text', array: true })
  handedOn: string[];

  /** Each a month, the agency that was asked to take it and what came of it. */
  @Column({ type: 'text', array: true })
  asked: string[];

  /** The last month of those two. */
  @Column({ name: 'moved_in', type: 'date', nullable: true })
  movedIn: string | null;

  @Column({ name: 'is_open', type: 'boolean' })
  isOpen: boolean;

  /** Of the first closing, also where it was taken up again. */
  @Column({ name: 'closed_in', type: 'date', nullable: true })
  closedIn: string | null;

  @Column({ name: 'closed_by', type: 'text', nullable: true })
  closedBy: string | null;

  @Column({ type: 'text', nullable: true })
  outcome: string | null;

  @Column({ type: 'text', nullable: true })
  resolved: string | null;

  /** Whether the person was told something at least every 31 days until then. */
  @Column({ name: 'kept_informed', type: 'text', nullable: true })
  keptInformed: string | null;
}

/** How many complaints stand in one cell of a cube. */
@Entity('figure_cells')
// The last two are only carried along: see the migration.
@Index('ix_figure_cells_month', ['cube', 'month', 'agency', 'code', 'n', 'keys'])
class FigureCell {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_figure_cells' })
  cube: string;

  /** An id, or `*` for all together. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_figure_cells' })
  agency: string;

  @PrimaryColumn({ type: 'date', primaryKeyConstraintName: 'pk_figure_cells' })
  month: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_figure_cells' })
  code: string;

  @Column({ type: 'bigint' })
  n: string;

  /** Sum of the record keys of those counted. */
  @Column({ type: 'bigint' })
  keys: string;
}

/** How far the figures are: one row. */
@Entity('figure_states')
@Check('ck_figure_states_one', 'id = 1')
class FigureState {
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'pk_figure_states' })
  id: number;

  /** Which cubes, and under which key, were counted; another one than the server's has everything counted anew. */
  @Column({ type: 'text' })
  version: string;

  /** While all is counted anew: the complaint up to which it is; null where it is done. */
  @Column({ name: 'rebuilding_after', type: 'uuid', nullable: true })
  rebuildingAfter: string | null;

  /** While all is counted anew: of about how many. */
  @Column({ name: 'rebuilding_of', type: 'bigint', nullable: true })
  rebuildingOf: string | null;

  /** While all is counted anew: how many are. */
  @Column({ type: 'bigint', nullable: true })
  rebuilt: string | null;

  /** How many complaints and cells the last nightly count found otherwise. */
  @Column({ type: 'integer', default: 0 })
  differences: number;

  @Column({ name: 'recounted_on', type: 'date', nullable: true })
  recountedOn: string | null;
}

/** The how manieth working day a day is; of any other day, that of the last one before it. */
@Entity('working_day_numbers')
class WorkingDayNumber {
  @PrimaryColumn({ type: 'date', primaryKeyConstraintName: 'pk_working_day_numbers' })
  day: string;

  @Column({ type: 'integer' })
  number: number;
}

/** Every table of what is counted. */
export const FIGURE_ENTITIES = [FigureEvent, FigureFact, FigureCell, FigureState, WorkingDayNumber] as const;

import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';

/** The commitment of something that was lodged on a day that is not closed yet. It names no case, and no time. */
@Entity('lodged_commitments')
class LodgedCommitment {
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'pk_lodged_commitments' })
  commitment: Buffer;

  /** In Pacific/Auckland. */
  @Column({ type: 'date' })
  day: string;
}

/** A closed day: the root of the tree over its leaves. */
@Entity('lodged_days')
class LodgedDayRow {
  @PrimaryColumn({ type: 'date', primaryKeyConstraintName: 'pk_lodged_days' })
  day: string;

  @Column({ type: 'bytea' })
  root: Buffer;
}

/** A leaf of a closed day: a commitment, or a random number in the place of one. Kept for ever. */
@Entity('lodged_leaves')
@Unique('uq_lodged_leaves_commitment', ['commitment'])
class LodgedLeaf {
  @ForeignKey(() => LodgedDayRow, { name: 'fk_lodged_leaves_day' })
  @PrimaryColumn({ type: 'date', primaryKeyConstraintName: 'pk_lodged_leaves' })
  day: string;

  /** From 0. */
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'pk_lodged_leaves' })
  position: number;

  @Column({ type: 'bytea' })
  commitment: Buffer;
}

export const LODGED_ENTITIES = [LodgedCommitment, LodgedDayRow, LodgedLeaf] as const;

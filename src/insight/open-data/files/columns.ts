import type { Text } from '../../../agencies/data-file.js';
import type { Code } from '../table-spec.js';
import type { FilledTable } from './fill-table.js';

/** A column of a published table, described once for every format. */
export interface Column {
  readonly name: string;
  readonly title: Text;
  readonly meaning: string;
  readonly type: 'string' | 'integer';
  /** The codes of a dimension; none for a measure. */
  readonly codes: readonly Code[];
  /** Least value of a measure that has one. */
  readonly minimum?: number;
}

/** The columns of a table: its dimensions in their order, then the noisy count, then its margin. */
export function columnsOf(table: FilledTable): readonly Column[] {
  return [
    ...table.dimensions.map(({ dimension: { name, title, meaning }, codes }): Column => {
      return { name, title, meaning, type: 'string', codes };
    }),
    {
      name: 'count_noisy',
      title: { en: 'Noisy count' },
      meaning:
        'Number of lodgings with its noise: a whole number that may be negative. Add up before you cut off at 0.',
      type: 'integer',
      codes: [],
    },
    {
      name: 'p95_margin',
      title: { en: '95 % margin' },
      meaning: 'With a probability of at least 95 % the noisy count is off by no more than this.',
      type: 'integer',
      codes: [],
      minimum: 0,
    },
  ];
}

/** Names of the columns that a row is known by. */
export function keyOf(table: FilledTable): readonly string[] {
  return table.dimensions.map(({ dimension }) => dimension.name);
}

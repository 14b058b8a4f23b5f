import type { DatasetSpec, DrawnTable } from '../table-spec.js';
import type { Period } from '../periods.js';
import type { AttackResult } from './attack-result.js';

/** Who publishes, as it stands in every file that names it. */
export interface Publisher {
  readonly name: string;
  readonly contactName: string;
  readonly contactEmail: string;
}

/** All that the files of a release are made of. The same release makes the same bytes. */
export interface Release {
  readonly dataset: DatasetSpec;
  readonly period: Period;
  /** From 1: `r1`. */
  readonly number: number;
  /** `YYYY-MM-DD`, after the last day of the period. */
  readonly releasedOn: string;
  readonly tables: readonly DrawnTable[];
  readonly publisher: Publisher;
  /** Origin under which the release is served. */
  readonly baseUrl: string;
  /** What known attacks achieve against these mechanisms, those that succeed too. */
  readonly attacks: readonly AttackResult[];
}

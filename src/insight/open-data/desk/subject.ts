import { revision } from '../release-url.js';

/** What the log calls a release: `complaints.2026-Q3.r1`; without its number where it has none. */
export function subjectOf({
  dataset,
  period,
  number,
}: {
  readonly dataset: string;
  readonly period: string;
  readonly number: number | null;
}): string {
  return [dataset, period, ...(number === null ? [] : [revision(number)])].join('.');
}

import type { DescribedFile } from '../files/checksums.js';
import type { Publisher } from '../files/release.js';
import type { Period } from '../periods.js';
import type { DatasetSpec } from '../table-spec.js';

/** A release that is out, with its files. */
export interface PublishedRelease {
  readonly dataset: DatasetSpec;
  readonly period: Period;
  /** From 1. */
  readonly number: number;
  /** `YYYY-MM-DD` in New Zealand. */
  readonly releasedOn: string;
  readonly files: readonly DescribedFile[];
}

/** What a catalogue is made of. */
export interface Catalogue {
  readonly publisher: Publisher;
  /** Origin under which releases are served. */
  readonly baseUrl: string;
  /** In any order. */
  readonly releases: readonly PublishedRelease[];
}

/** Releases of one dataset with the oldest first: by period, then by number. */
export function inOrder(releases: readonly PublishedRelease[]): readonly PublishedRelease[] {
  return releases.toSorted((a, b) => compare(a.period.firstDay, b.period.firstDay) || a.number - b.number);
}

/** The last release of each period, the oldest period first. */
export function lastOfEachPeriod(releases: readonly PublishedRelease[]): readonly PublishedRelease[] {
  return [...new Map(inOrder(releases).map((release) => [release.period.text, release])).values()];
}

/** Releases by dataset, the datasets by their ids. */
export function byDataset(releases: readonly PublishedRelease[]): readonly (readonly PublishedRelease[])[] {
  const ids = [...new Set(releases.map(({ dataset }) => dataset.id))].toSorted(compare);
  return ids.map((id) => releases.filter(({ dataset }) => dataset.id === id));
}

/** A day as the moment that feeds ask for: midnight UTC, which is on the same day in New Zealand. */
export function asMoment(day: string): string {
  return `${day}T00:00:00Z`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

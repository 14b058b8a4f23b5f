import type { DatasetId } from './table-spec.js';

/** Where open data lives below an origin. A release stays where it is: the 1 is the layout's, not the data's. */
const ROOT = '/open-data/v1';

/** Creative Commons Attribution 4.0 International, the licence of all that is published. */
export const LICENCE_URL = 'https://creativecommons.org/licenses/by/4.0/';

/** One release by what its address is made of. */
export interface ReleaseName {
  readonly dataset: DatasetId;
  /** `2026-Q3` or `2026`. */
  readonly period: string;
  /** From 1. */
  readonly number: number;
}

/**
 * The address of a release or of one of its files.
 *
 * @param baseUrl origin, with or without a slash at its end
 */
export function releaseUrl(baseUrl: string, name: ReleaseName, file = ''): string {
  return `${withoutSlash(baseUrl)}${releasePath(name)}/${encodeURIComponent(file)}`;
}

/** The address that stands for a dataset over all its releases, and leads to the newest. */
export function datasetUrl(baseUrl: string, dataset: DatasetId): string {
  return `${withoutSlash(baseUrl)}${ROOT}/${dataset}`;
}

/** The address of a file of the catalogue itself, such as `data.json`. */
export function catalogueUrl(baseUrl: string, file = ''): string {
  return `${withoutSlash(baseUrl)}/open-data/${file}`;
}

/**
 * How the number of a release is written: `r1`.
 *
 * @throws RangeError when it is no whole number from 1
 */
export function revision(number: number): string {
  if (!Number.isSafeInteger(number) || number < 1) throw new RangeError('Releases are numbered 1, 2, 3 and so on.');
  return `r${number.toString()}`;
}

/** The path of a release without its files, `/open-data/v1/complaints/2026-Q3/r1`. */
export function releasePath({ dataset, period, number }: ReleaseName): string {
  return `${ROOT}/${dataset}/${period}/${revision(number)}`;
}

function withoutSlash(baseUrl: string): string {
  return baseUrl.replace(/\/+$/, '');
}

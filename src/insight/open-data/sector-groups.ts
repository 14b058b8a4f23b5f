import type { Code } from './table-spec.js';

export type SectorGroup = 'central' | 'local' | 'law-defence' | 'health-education-care' | 'other';

/** The sectors of disclosures, so few that a figure points at nobody. */
export const SECTOR_GROUP_CODES: readonly Code[] = [
  group('central', 'Central government', 'Departments, ministries, Crown entities, Ministers and Parliament.'),
  group('local', 'Local government', 'Councils and the bodies they control.'),
  group('law-defence', 'Law, defence and security', 'Police, courts, defence and intelligence.'),
  group(
    'health-education-care',
    'Health, education and care',
    'Also disability services, prisons and other detention.',
  ),
  group(
    'other',
    'Other or not stated',
    'Private organisations, professions, and disclosures whose sector is not recorded.',
  ),
];

const GROUPS: ReadonlyMap<string, SectorGroup> = new Map([
  ['public_service', 'central'],
  ['crown_entity', 'central'],
  ['parliament_ministers', 'central'],
  ['local_government', 'local'],
  ['police', 'law-defence'],
  ['defence', 'law-defence'],
  ['intelligence', 'law-defence'],
  ['justice_courts', 'law-defence'],
  ['education', 'health-education-care'],
  ['health_disability', 'health-education-care'],
  ['care_custody', 'health-education-care'],
  ['profession', 'other'],
  ['private', 'other'],
  ['unknown', 'other'],
]);

/**
 * The group that a sector is published under.
 *
 * @param sector code of the facet `sector`
 * @returns `other` for a code that is none of today's: a lodging is always in the domain
 */
export function sectorGroup(sector: string): SectorGroup {
  return GROUPS.get(sector) ?? 'other';
}

/** Sectors that have a group of their own accord. */
export const GROUPED_SECTORS: ReadonlySet<string> = new Set(GROUPS.keys());

function group(code: SectorGroup, en: string, meaning: string): Code {
  return { code, label: { en }, meaning };
}

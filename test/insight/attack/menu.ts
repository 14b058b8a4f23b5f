import { OUTCOMES } from '../../../src/cases/case-outcome.js';
import type { CUBES } from '../../../src/insight/cubes/cubes.js';
import {
  ACKNOWLEDGED,
  ANSWERED,
  CAME_BACK,
  HAND_OFFS,
  RESOLVED,
  KEPT_INFORMED,
} from '../../../src/insight/cubes/cubes.js';
import { loadFacetCatalogue, type FacetName } from '../../../src/routing/facets.js';

/** A cube as the pages of figures ask for it of all agencies together. */
export interface Split {
  readonly cube: keyof typeof CUBES;
  /** Into how many codes it splits complaints. */
  readonly codes: number;
  /** Whether pages show each code of each month. */
  readonly byMonth: boolean;
  /** Whether pages show each code of the twelve months up to one that can be chosen. */
  readonly byYear: boolean;
}

const facets = loadFacetCatalogue();
/** And those of which it was not said. */
const codesOf = (facet: FacetName): number => facets.codes(facet).size + 1;

/** Complaints by the month they came in. Pages draw four topics at most by month: an attacker is taken to see all. */
export const RECEIVED: readonly Split[] = [
  { cube: 'topic', codes: codesOf('topic'), byMonth: true, byYear: true },
  { cube: 'channel', codes: codesOf('channel'), byMonth: false, byYear: true },
  { cube: 'stage', codes: codesOf('stage'), byMonth: false, byYear: true },
  { cube: 'acknowledged', codes: ACKNOWLEDGED.length, byMonth: true, byYear: false },
  { cube: 'answered', codes: ANSWERED.length, byMonth: true, byYear: false },
  { cube: 'hand_offs', codes: HAND_OFFS.length, byMonth: false, byYear: true },
  { cube: 'came_back', codes: CAME_BACK.length, byMonth: false, byYear: true },
];

/** Complaints by the month they were closed in; one more code is for those that are open again. */
export const CLOSED: readonly Split[] = [
  { cube: 'outcome', codes: OUTCOMES.length + 1, byMonth: false, byYear: true },
  { cube: 'resolved', codes: RESOLVED.length, byMonth: false, byYear: true },
  { cube: 'kept_informed', codes: KEPT_INFORMED.length, byMonth: false, byYear: true },
];

/** Months that can be chosen, and how many each year's window has. */
export const CHOICES = 36;
export const YEAR = 12;

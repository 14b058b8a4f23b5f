import type { Assumption } from '../disclosures/assumptions.js';

/** One thing to know before speaking up; its words are in the catalogues. */
interface Point {
  readonly says: string;
  /** What it rests on, where nobody has read that in the Act: the page then says to check it with the Ombudsman. */
  readonly assumes?: Assumption;
}

/** A heading and what stands under it. */
export interface Part {
  readonly name: string;
  readonly points: readonly Point[];
}

/**
 * What protects somebody who speaks up, and what does not: Protected Disclosures (Protection of Whistleblowers) Act 2022,
 * sections 8 to 12, 17 and 20 to 25. "Must" stands only where the Act says so.
 */
export const SPEAKING_UP: readonly Part[] = [
  {
    name: 'protects',
    points: [
      { says: 'mistaken' },
      { says: 'direct' },
      { says: 'noLabel', assumes: 'noLabelNeeded' },
      { says: 'supporters' },
      { says: 'noRetaliation' },
      { says: 'immunity' },
      { says: 'contracts', assumes: 'noContractingOut' },
    ],
  },
  {
    name: 'name',
    points: [
      { says: 'confidential' },
      { says: 'released' },
      { says: 'oneAtRisk', assumes: 'individualAtRisk' },
      { says: 'told' },
    ],
  },
  {
    name: 'protectsNot',
    points: [
      { says: 'knownFalse' },
      { says: 'media' },
      { says: 'politicians' },
      { says: 'privileged' },
      { says: 'classified' },
    ],
  },
  { name: 'cannot', points: [{ says: 'writing' }, { says: 'device' }, { says: 'others' }, { says: 'acting' }] },
  {
    name: 'advice',
    points: [{ says: 'inConfidence' }, { says: 'ombudsman' }, { says: 'helpers' }, { says: 'aside' }],
  },
];

/** What counts as being punished for speaking up, and what can be done: the same Act, sections 17, 18 and 20 to 22. */
export const PUNISHED: readonly Part[] = [
  {
    name: 'counts',
    points: [{ says: 'dismissed' }, { says: 'terms' }, { says: 'detriment' }, { says: 'resign' }, { says: 'threats' }],
  },
  { name: 'remedies', points: [{ says: 'grievance' }, { says: 'burden' }, { says: 'victimised' }, { says: 'named' }] },
  { name: 'now', points: [{ says: 'soon' }, { says: 'note' }] },
];

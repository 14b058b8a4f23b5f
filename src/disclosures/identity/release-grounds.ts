/** On what who wrote a disclosure may be released (Protected Disclosures Act 2022, s 17). Each has words in `identity.grounds`. */
export const RELEASE_GROUNDS = [
  'consent',
  'effective_investigation',
  'serious_risk',
  'natural_justice',
  'law_enforcement',
] as const;
export type ReleaseGround = (typeof RELEASE_GROUNDS)[number];

/** Why it was not practicable to consult the person first. The rest of it stands in the sealed note. */
export const NOT_PRACTICABLE = ['no_time', 'no_answer', 'would_endanger'] as const;
export type NotPracticable = (typeof NOT_PRACTICABLE)[number];

/** The grounds on which the person need be consulted first only where that is practicable: see `ASSUMPTIONS.consultFirst`. */
const WHERE_PRACTICABLE: readonly ReleaseGround[] = ['serious_risk', 'law_enforcement'];

/** How the person was heard before a release is asked for. */
export interface Heard {
  readonly ground: ReleaseGround;
  /** YYYY-MM-DD in Pacific/Auckland: the day on which they were consulted, or consented. */
  readonly consultedOn?: string | undefined;
  readonly notPracticable?: NotPracticable | undefined;
  /** Id of what they wrote by which they consented. */
  readonly consentItem?: string | undefined;
}

/** What is wrong with it: the field and a code with words in `identity.wrong`; null where nothing is. */
export function wrongInHearing(
  { ground, consultedOn, notPracticable, consentItem }: Heard,
  { lodgedOn, today }: { readonly lodgedOn: string; readonly today: string },
): { readonly field: keyof Heard; readonly code: string; readonly message: string } | null {
  if (ground === 'consent' && consentItem === undefined) {
    return { field: 'consentItem', code: 'required', message: 'Choose the message in which the person consented.' };
  }
  if (ground !== 'consent' && consentItem !== undefined) {
    return { field: 'consentItem', code: 'not_this_ground', message: 'This ground does not rest on consent.' };
  }
  if (notPracticable !== undefined && !WHERE_PRACTICABLE.includes(ground)) {
    return {
      field: 'notPracticable',
      code: 'not_this_ground',
      message: 'As we read the Act, on this ground the person is consulted first. Ask them through the mailbox.',
    };
  }
  if (notPracticable === undefined && consultedOn === undefined) {
    return { field: 'consultedOn', code: 'required', message: 'Say on which day the person was consulted.' };
  }
  if (notPracticable !== undefined && consultedOn !== undefined) {
    return {
      field: 'notPracticable',
      code: 'both',
      message: 'Either the person was consulted or it was not practicable. Leave one of the two out.',
    };
  }
  if (consultedOn !== undefined && (consultedOn < lodgedOn || consultedOn > today)) {
    return {
      field: 'consultedOn',
      code: 'not_possible',
      message: 'The person can have been consulted from the day it came until today.',
    };
  }
  return null;
}

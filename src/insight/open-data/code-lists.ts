import { DISCLOSURE_OUTCOMES, OUTCOMES, type DisclosureOutcome, type Outcome } from '../../cases/case-outcome.js';
import { WRONGDOING_KINDS, type WrongdoingKind } from '../../disclosures/wrongdoing-kinds.js';
import { UNKNOWN, type FacetCatalogue, type FacetName } from '../../routing/facets.js';
import { TAKEN_UP_AGAIN } from '../cubes/cubes.js';
import type { Period } from './periods.js';
import type { Code } from './table-spec.js';

const MONTHS = [
  ['January', 'Hānuere'],
  ['February', 'Pēpuere'],
  ['March', 'Māehe'],
  ['April', 'Āperira'],
  ['May', 'Mei'],
  ['June', 'Hune'],
  ['July', 'Hūrae'],
  ['August', 'Ākuhata'],
  ['September', 'Hepetema'],
  ['October', 'Oketopa'],
  ['November', 'Noema'],
  ['December', 'Tīhema'],
] as const;

/** The months of a period, as `2026-07`. */
export function monthCodes(period: Period): readonly Code[] {
  return period.months.map((month) => {
    const [en, mi] = MONTHS[Number(month.slice(5)) - 1] ?? [month, month];
    const year = month.slice(0, 4);
    return { code: month, label: { en: `${en} ${year}`, mi: `${mi} ${year}` } };
  });
}

/** The codes of a facet with the labels people choose by, and `unknown` last: it is in every lodging's domain. */
export function facetCodes(catalogue: FacetCatalogue, name: FacetName): readonly Code[] {
  const codes = [...catalogue.codes(name)]
    .filter(([code]) => code !== UNKNOWN)
    .map(([code, label]) => ({ code, label }));
  const label = catalogue.codes(name).get(UNKNOWN) ?? { en: 'Not stated' };
  return [...codes, { code: UNKNOWN, label, meaning: 'Not answered, or answered with “not sure”.' }];
}

const OUTCOME_WORDS: Readonly<Record<Outcome, readonly [label: string, meaning: string]>> = {
  upheld: ['Upheld', 'The agency agreed with the complaint.'],
  partly_upheld: ['Partly upheld', 'The agency agreed with part of the complaint.'],
  not_upheld: ['Not upheld', 'The agency did not agree with the complaint.'],
  resolved: ['Put right', 'The matter was put right.'],
  no_power: ['No power to deal with it', 'The agency has no power to deal with the matter.'],
  duplicate: ['Dealt with in another case', 'The same complaint is dealt with in another case.'],
  withdrawn: ['Withdrawn', 'The person took the complaint back.'],
};

/** How complaints had ended, or that they are open again. */
export const COMPLAINT_OUTCOME_CODES: readonly Code[] = [
  ...OUTCOMES.map((code) => worded(code, OUTCOME_WORDS[code])),
  worded(TAKEN_UP_AGAIN, ['Open again', 'Closed once, and open again when the figures were drawn.']),
];

const DISCLOSURE_OUTCOME_WORDS: Readonly<Record<DisclosureOutcome, readonly [label: string, meaning: string]>> = {
  addressed: ['Acted on', 'The receiver acted on it, or recommended what should be done (section 13(1)(d)(ii)).'],
  investigated: ['Investigated', 'The receiver investigated it (section 13(1)(d)(i)).'],
  referred: ['Referred', 'The receiver referred it to another (sections 13(1)(d)(iii) and 16).'],
  no_action: ['No action required', 'The receiver decided, with reasons, that no action was required (section 15).'],
};

/** How disclosures end, as the Protected Disclosures (Protection of Whistleblowers) Act 2022 s 13 has it. */
export const DISCLOSURE_OUTCOME_CODES: readonly Code[] = DISCLOSURE_OUTCOMES.map((code) =>
  worded(code, DISCLOSURE_OUTCOME_WORDS[code]),
);

/** Working days from first receipt to the first acknowledgement. */
export const ACKNOWLEDGED_CODES: readonly Code[] = [
  ...workingDays(['0-5', '6-10', '11-20', 'over-20']),
  worded('open', ['Never', 'Closed without ever having been acknowledged.']),
];

/** Working days from first receipt to the first closing. */
export const RESOLVED_CODES: readonly Code[] = workingDays(['0-5', '6-10', '11-20', '21-40', '41-60', 'over-60']);

/** Times that one agency passed a case on to another until the figures were drawn. The triage desk does not count. */
export const HAND_OFF_CODES: readonly Code[] = [
  worded('0', ['None', 'No agency passed it on. The triage desk may have.']),
  worded('1', ['One', 'Passed on once.']),
  worded('2', ['Two', 'Passed on twice.']),
  worded('3-or-more', ['Three or more', 'Passed on three times or more often.']),
];

const KIND_WORDS: Readonly<Record<WrongdoingKind, readonly [label: string, meaning: string]>> = {
  offence: ['An offence', 'Section 10(a).'],
  risk: [
    'A serious risk to health, safety or the environment',
    'A serious risk to public health, public safety, the health or safety of any individual, or the environment: section 10(b).',
  ],
  law: [
    'A serious risk to the maintenance of law',
    'This includes the prevention, investigation and detection of offences, and the right to a fair trial: section 10(c).',
  ],
  money: [
    'Misuse of public funds or public resources',
    'An unlawful, corrupt or irregular use of public funds or public resources: section 10(d).',
  ],
  conduct: [
    'Oppression, discrimination, gross negligence or gross mismanagement',
    'By somebody who works for a public sector organisation, or acts for one or for the Government: section 10(e).',
  ],
  'not-stated': ['Not stated', 'The receiver did not say, or it was of more than one kind, or of none.'],
};

/** What the receiver said, at closing, that a disclosure was about. */
export const KIND_CODES: readonly Code[] = WRONGDOING_KINDS.map((code) => worded(code, KIND_WORDS[code]));

/** Whether the steps of section 13 of the Act were done in its 20 working days, which are guidance and no limit. */
export const TIMELINESS_CODES: readonly Code[] = [
  worded('within-20', ['Within 20 working days', 'All steps were done within 20 working days of receipt.']),
  worded('after-20', ['After 20 working days', 'All steps were done, later than 20 working days after receipt.']),
  worded('open', [
    'Not yet',
    'Not all steps were done by who first received it when the figures of the year were drawn, also where it was handed on before.',
  ]),
];

function workingDays(codes: readonly string[]): readonly Code[] {
  return codes.map((code) => {
    const [first = '', last] = code.replace('over-', 'over ').split('-');
    return { code, label: { en: last === undefined ? `${first} working days` : `${first} to ${last} working days` } };
  });
}

function worded(code: string, [en, meaning]: readonly [label: string, meaning: string]): Code {
  return { code, label: { en }, meaning };
}

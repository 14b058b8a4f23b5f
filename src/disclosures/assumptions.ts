/** Something that the software takes the law to say, although nobody has read it in the Act itself. */
interface Assumed {
  /** Of the Protected Disclosures (Protection of Whistleblowers) Act 2022, unless it names another. */
  readonly section: string;
  readonly what: string;
  /** `bill`: read in the Bill, of which the Act may differ. `memory`: nobody has read it anywhere. */
  readonly sure: 'bill' | 'memory';
}

/**
 * Everything about the law that is assumed, in one place, to be checked against the Act in force. What a page says on the
 * ground of one of these says too that people should check it with the Ombudsman.
 */
export const ASSUMPTIONS = {
  armedForces: {
    section: 's 8',
    what: 'Members of the Armed Forces are disclosers about the New Zealand Defence Force.',
    sure: 'memory',
  },
  noLabelNeeded: {
    section: 's 9',
    what: 'A disclosure need not name the Act, and small mistakes of form do not take its protection away.',
    sure: 'memory',
  },
  twentyDays: {
    section: 's 13',
    what: 'The five steps have one limit of 20 working days, and where that is impracticable the first three still have it.',
    sure: 'bill',
  },
  disclosingFurther: {
    section: 's 14',
    what: 'Where a receiver has not acted as it should, or did not address the matter, it may be disclosed to a Minister, or to an Ombudsman where the receiver was none.',
    sure: 'bill',
  },
  noAction: {
    section: 's 15',
    what: 'The reasons of the Bill’s clause 14 stand in the Act, as a list that names some and excludes none.',
    sure: 'bill',
  },
  consultBeforeReferring: {
    section: 's 16',
    what: 'Before a disclosure is referred the discloser and the receiver that it is to go to must both be consulted.',
    sure: 'memory',
  },
  recipientBeginsAnew: {
    section: 's 16',
    what: 'Whoever a disclosure is referred to is a receiver like the first, with 20 working days of their own from when they receive it.',
    sure: 'memory',
  },
  individualAtRisk: {
    section: 's 17',
    what: 'Who a discloser is may be released where that is essential to prevent a serious risk to one person’s health or safety.',
    sure: 'memory',
  },
  consultFirst: {
    section: 's 17',
    what: 'Before a release for an investigation or for natural justice the person must be consulted; against a serious risk or for law enforcement, where that is practicable.',
    sure: 'memory',
  },
  consentNeedsNoForm: {
    section: 's 17',
    what: 'Consent to a release need not be in writing, as the Act of 2000 asked. We take it in what the person wrote all the same.',
    sure: 'memory',
  },
  withholdWhatIdentifies: {
    section: 's 19',
    what: 'A request for official information may be refused, as contrary to the Act, where it might identify a discloser.',
    sure: 'memory',
  },
  noCentralReport: {
    section: 'Public Service Act 2020',
    what: 'Nothing in it makes an agency report serious misconduct to the Public Service Commission centrally.',
    sure: 'memory',
  },
  noContractingOut: {
    section: 's 24',
    what: 'No contract, settlement or non-disclosure agreement takes the protections away.',
    sure: 'memory',
  },
} as const satisfies Readonly<Record<string, Assumed>>;

export type Assumption = keyof typeof ASSUMPTIONS;

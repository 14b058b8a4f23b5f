import type { CasePath } from '../case.entity.js';

/** On what a case may be handed on without the person's consent. */
export const REFERRAL_GROUNDS = ['serious_threat', 'law_requires', 'same_purpose'] as const;
export type ReferralGroundCode = (typeof REFERRAL_GROUNDS)[number];

/**
 * A ground with what it rests on. None of these has been read in the Act itself by whoever wrote them down, so each is
 * `check`: pages say "check the law first" beside it, and never state it as the law.
 */
export interface ReferralGround {
  readonly code: ReferralGroundCode;
  /** Statute and section, as far as known. */
  readonly basis: string;
  readonly confidence: 'sourced' | 'check';
  /** On which path it may be used. */
  readonly paths: readonly CasePath[];
  /** Whether it goes over the head of the person, who may have said no: then it takes a second officer. Our own rule. */
  readonly takesTwo: boolean;
}

/**
 * All of them are for complaints. What a disclosure may be handed on for is not in the Privacy Act alone: until grounds of
 * the Protected Disclosures (Protection of Whistleblowers) Act 2022 stand here, a disclosure goes on only with the person's
 * consent. We believe that its section 16 asks that the discloser is consulted; not checked against the Act.
 */
const GROUNDS: readonly ReferralGround[] = [
  {
    // Believed on reasonable grounds to be needed to prevent or lessen a serious threat to somebody's life or health.
    code: 'serious_threat',
    basis: 'Privacy Act 2020, section 22, information privacy principle 11(1)(f)',
    confidence: 'check',
    paths: ['complaint'],
    takesTwo: true,
  },
  {
    // Another Act says that it is to be passed on; the officer must know which.
    code: 'law_requires',
    basis: 'Privacy Act 2020, section 24, with the Act that obliges',
    confidence: 'check',
    paths: ['complaint'],
    takesTwo: true,
  },
  {
    // The person was asked and does not answer, and it goes on for what they wrote it for.
    code: 'same_purpose',
    basis: 'Privacy Act 2020, section 22, information privacy principle 11(1)(a)',
    confidence: 'check',
    paths: ['complaint'],
    takesTwo: false,
  },
];

/** The grounds that may be used on a path, in the order they are offered. */
export function groundsFor(path: CasePath): readonly ReferralGround[] {
  return GROUNDS.filter(({ paths }) => paths.includes(path));
}

import { describe, expect, it } from '@jest/globals';
import { provePolicies, type Situation } from '../../../test/staff/policy-matrix.js';
import { ROLE_SETS, someone } from '../../../test/staff/role-sets.js';
import { groundsFor } from './referral-grounds.js';
import { REFERRAL_STATES } from './referral-status.js';
import {
  mayAccept,
  mayDecline,
  mayGrantAgain,
  mayGround,
  mayOpen,
  mayReadReferredCase,
  mayRestOn,
  mayReview,
  maySeeReferral,
  mayWithdraw,
  type ReferralReader,
  type ReferralStanding,
} from './referral.policy.js';

const RELATION = {
  path: ['complaint', 'disclosure'],
  place: ['at the sender', 'at the receiver', 'elsewhere'],
  grant: ['granted the note', 'not granted'],
  wall: ['let in', 'kept out'],
  state: REFERRAL_STATES,
  consulted: ['agreed to before', 'never agreed to'],
  accepted: ['accepted by me', 'accepted by a colleague', 'accepted by nobody'],
} as const;

type Relation = Situation<typeof RELATION>;

const AGENCIES = { 'at the sender': 'sender', 'at the receiver': 'receiver', elsewhere: 'elsewhere' } as const;
const ACCEPTED = {
  'accepted by me': 'me',
  'accepted by a colleague': 'colleague',
  'accepted by nobody': null,
} as const;

function reader({ roles, is }: Relation): ReferralReader {
  return {
    person: someone(roles, AGENCIES[is.place], 'me'),
    granted: is.grant === 'granted the note',
    walled: is.wall === 'kept out',
  };
}

function standing({ is }: Relation): ReferralStanding {
  return {
    path: is.path,
    state: is.state,
    consultedOn: is.consulted === 'agreed to before' ? '2026-11-22' : null,
    acceptedBy: ACCEPTED[is.accepted],
    fromAgency: 'sender',
    toAgency: 'receiver',
  };
}

const asks =
  (may: (reader: ReferralReader, standing: ReferralStanding) => boolean) =>
  (relation: Relation): boolean =>
    may(reader(relation), standing(relation));

const either = (where: string, complaint = 'officer lead triage'): string =>
  `${complaint}: complaint, let in, ${where} or disclosure_officer: disclosure, granted the note, let in, ${where}`;

const SENDS = either('at the sender');
const IS_ASKED =
  `${either('at the receiver, consulted/granted/opened/declined')} or ` +
  either('at the receiver, grant_again, agreed to before');

// Two roles of the eight tell any rule from another; all sets of them stand in the matrix of cases.
const SETS = ROLE_SETS.filter((roles) => roles.length < 3);

provePolicies(
  'a referral',
  RELATION,
  {
    see: [asks(maySeeReferral), `${SENDS} or ${IS_ASKED}`],
    'put a ground on record': [asks(mayGround), either('at the sender', 'officer lead')],
    'grant again': [asks(mayGrantAgain), SENDS],
    withdraw: [asks(mayWithdraw), SENDS],
    accept: [asks(mayAccept), IS_ASKED],
    decline: [asks(mayDecline), IS_ASKED],
    open: [asks(mayOpen), IS_ASKED],
    'read its case before the hand-over': [
      asks(mayReadReferredCase),
      either('at the receiver, granted, accepted by me'),
    ],
    'decide as the lead of the system': [
      (relation) => mayReview(reader(relation), standing(relation), 'elsewhere'),
      'system_lead: complaint, let in, elsewhere',
    ],
  },
  SETS,
);

describe('a ground', () => {
  it('that goes over the person’s head is put on record by another officer than who proposed it', () => {
    const rests = (takesTwo: boolean) =>
      ['proposer', 'another'].map((staffId) => mayRestOn({ staffId }, { proposedBy: 'proposer' }, { takesTwo }));
    expect([rests(true), rests(false)]).toEqual([
      [false, true],
      [true, true],
    ]);
    expect(groundsFor('complaint').map(({ code, takesTwo }) => [code, takesTwo])).toEqual([
      ['serious_threat', true],
      ['law_requires', true],
      ['same_purpose', false],
    ]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { holds, ROLE_SETS, someone } from '../../../test/staff/role-sets.js';
import type { CasePath } from '../case.entity.js';
import { REFERRAL_STATES } from './referral-status.js';
import {
  mayAccept,
  mayDecline,
  mayGrantAgain,
  mayGround,
  mayOpen,
  mayReadReferredCase,
  mayReview,
  maySeeReferral,
  mayWithdraw,
  type ReferralReader,
  type ReferralStanding,
} from './referral.policy.js';

const PATHS: readonly CasePath[] = ['complaint', 'disclosure'];
const SOMEBODY = '00000000-0000-4000-8000-000000000001';

/** Every person in every relation to a referral from `sender` to `receiver`. */
const READERS: readonly ReferralReader[] = ROLE_SETS.flatMap((roles) =>
  ['sender', 'receiver', 'elsewhere'].flatMap((agencyId) =>
    [true, false].flatMap((granted) =>
      [true, false].map((walled) => ({ person: someone(roles, agencyId, SOMEBODY), granted, walled })),
    ),
  ),
);

/** A referral in every state, accepted by somebody, by a colleague, or by nobody. */
const STANDINGS: readonly ReferralStanding[] = PATHS.flatMap((path) =>
  REFERRAL_STATES.flatMap((state) =>
    [null, '2026-11-22'].flatMap((consultedOn) =>
      [null, SOMEBODY, crypto.randomUUID()].map((acceptedBy) => ({
        path,
        state,
        consultedOn,
        acceptedBy,
        fromAgency: 'sender',
        toAgency: 'receiver',
      })),
    ),
  ),
);

/** The rule once more, in other words. */
function reads({ person: { roles }, granted, walled }: ReferralReader, path: CasePath): boolean {
  if (walled) return false;
  return path === 'complaint'
    ? holds(roles, 'officer', 'lead', 'triage')
    : granted && holds(roles, 'disclosure_officer');
}

const ASKED = new Set(['consulted', 'granted', 'opened', 'declined']);

function isSender(reader: ReferralReader, { path }: ReferralStanding): boolean {
  return reader.person.agencyId === 'sender' && reads(reader, path);
}

function isAsked(reader: ReferralReader, { path, state, consultedOn }: ReferralStanding): boolean {
  const isTheirs = ASKED.has(state) || (state === 'grant_again' && consultedOn !== null);
  return reader.person.agencyId === 'receiver' && reads(reader, path) && isTheirs;
}

const RULES = {
  ground: [
    mayGround,
    (reader, standing) =>
      isSender(reader, standing) && (standing.path === 'disclosure' || holds(reader.person.roles, 'officer', 'lead')),
  ],
  'grant again': [mayGrantAgain, isSender],
  withdraw: [mayWithdraw, isSender],
  accept: [mayAccept, isAsked],
  decline: [mayDecline, isAsked],
  open: [mayOpen, isAsked],
  'be seen by': [maySeeReferral, (reader, standing) => isSender(reader, standing) || isAsked(reader, standing)],
  'show its case before the hand-over to': [
    mayReadReferredCase,
    (reader, standing) =>
      isAsked(reader, standing) && standing.state === 'granted' && standing.acceptedBy === reader.person.staffId,
  ],
} as const satisfies Record<string, readonly [Rule, Rule]>;

type Rule = (reader: ReferralReader, standing: ReferralStanding) => boolean;

const named = ({ person: { roles, agencyId }, granted }: ReferralReader, { path, state }: ReferralStanding): string =>
  `${roles.join('+') || 'no role'}, ${agencyId}, ${granted ? 'granted' : 'not granted'}: ${path} ${state}`;

describe('a referral', () => {
  it.each(Object.entries(RULES))('lets those who may %s it, and nobody else', (_, [may, isLetIn]) => {
    const wrong = READERS.flatMap((reader) =>
      STANDINGS.filter((standing) => may(reader, standing) !== isLetIn(reader, standing)).map((standing) =>
        named(reader, standing),
      ),
    );
    expect(wrong).toEqual([]);
    expect(READERS.some((reader) => STANDINGS.some((standing) => may(reader, standing)))).toBe(true);
  });

  it('is reviewed by the system lead, and never that of a disclosure', () => {
    for (const roles of ROLE_SETS) {
      const person = someone(roles, 'operator');
      const review = (walled: boolean, path: CasePath) => mayReview({ person, walled }, { path });
      expect([roles, review(false, 'complaint')]).toEqual([roles, holds(roles, 'system_lead')]);
      expect([roles, review(true, 'complaint'), review(false, 'disclosure')]).toEqual([roles, false, false]);
    }
  });
});

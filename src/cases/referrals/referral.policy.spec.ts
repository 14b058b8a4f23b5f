import { describe, expect, it } from '@jest/globals';
import { ROLES, type Role } from '../../staff/roles.js';
import type { StaffActor } from '../../staff/staff-actor.js';
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

/** Every set of roles, those that may not be held together among them. */
const ROLE_SETS: readonly (readonly Role[])[] = Array.from({ length: 2 ** ROLES.length }, (_, bits) =>
  ROLES.filter((_role, at) => (bits >> at) % 2 === 1),
);

const person = (roles: readonly Role[], agencyId: string, staffId: string = SOMEBODY): StaffActor => ({
  kind: 'staff',
  staffId,
  agencyId,
  roles,
  displayName: 'Somebody',
});

/** Every person in every relation to a referral from `sender` to `receiver`. */
const READERS: readonly ReferralReader[] = ROLE_SETS.flatMap((roles) =>
  ['sender', 'receiver', 'elsewhere'].flatMap((agencyId) =>
    [true, false].map((granted) => ({ person: person(roles, agencyId), granted })),
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
function reads({ person: { roles }, granted }: ReferralReader, path: CasePath): boolean {
  if (roles.includes('admin')) return false;
  if (path === 'complaint') return roles.some((role) => role === 'officer' || role === 'lead');
  return granted && roles.includes('disclosure_officer');
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
  ground: [mayGround, isSender],
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
      const someone = person(roles, 'operator');
      const isLead = roles.includes('system_lead') && !roles.includes('admin');
      expect([roles, mayReview(someone, { path: 'complaint' })]).toEqual([roles, isLead]);
      expect([roles, mayReview(someone, { path: 'disclosure' })]).toEqual([roles, false]);
    }
  });
});

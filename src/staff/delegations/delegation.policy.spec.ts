import { describe, expect, it } from '@jest/globals';
import { provePolicies, type Situation } from '../../../test/staff/policy-matrix.js';
import { HELD_SETS, ROLE_SETS, someone } from '../../../test/staff/role-sets.js';
import type { StaffActor } from '../staff-actor.js';
import { mayBeLentTo, mayEndDelegation, mayLend, maySeeDelegations } from './delegation.policy.js';
import { withLent } from './lent-roles.js';

const RELATION = {
  place: ['here', 'elsewhere'],
  own: ['their own role', 'lent to them'],
  who: ['who lent it', 'who it is lent to', 'somebody else'],
} as const;

type Relation = Situation<typeof RELATION>;

const IDS = { 'who lent it': 'from', 'who it is lent to': 'to', 'somebody else': 'else' } as const;

function person({ roles, is }: Relation): StaffActor {
  const actor = someone(roles, is.place, IDS[is.who]);
  return is.own === 'lent to them' ? { ...actor, lent: [{ role: 'lead', from: 'somebody' }] } : actor;
}

const officer = someone(['officer'], 'here', 'officer');
const lead = someone(['lead'], 'here', 'lead');

provePolicies('a lent role', RELATION, {
  'is lent by': [(relation) => mayLend(person(relation)), 'lead: their own role'],
  'is lent to an officer by': [(relation) => mayBeLentTo(person(relation), officer), 'lead: their own role, here'],
  'is lent to a lead by': [(relation) => mayBeLentTo(person(relation), lead), 'nobody'],
  'is seen by': [(relation) => maySeeDelegations(person(relation)), 'lead admin'],
  'is ended by': [
    (relation) => mayEndDelegation(person(relation), { agencyId: 'here', fromId: 'from', toId: 'to' }),
    'admin: here or everybody: here, who lent it/who it is lent to',
  ],
});

provePolicies(
  'a role is lent by a lead',
  { place: ['here', 'elsewhere'], who: ['to a colleague', 'to themself'] },
  {
    'to somebody': [
      ({ roles, is }) => mayBeLentTo(lead, someone(roles, is.place, is.who === 'to themself' ? 'lead' : 'other')),
      'officer: here, to a colleague',
    ],
  },
  // Who is a lead already needs no loan.
  ROLE_SETS.filter((roles) => !roles.includes('lead')),
);

describe('what is lent to somebody', () => {
  it('counts where it may be held beside their own roles, and is told apart from those', () => {
    const lent = [{ role: 'lead', from: 'from' }] as const;
    for (const own of HELD_SETS) {
      const counts =
        !own.includes('lead') && !['admin', 'auditor', 'analyst'].some((role) => own.includes(role as 'admin'));
      expect([own, withLent(own, lent)]).toEqual([
        own,
        { roles: counts ? [...own, 'lead'] : own, lent: counts ? lent : [] },
      ]);
    }
  });
});

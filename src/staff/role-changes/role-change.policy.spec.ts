import { describe, expect, it } from '@jest/globals';
import { provePolicies, type Situation } from '../../../test/staff/policy-matrix.js';
import { HELD_SETS, holds, ROLE_SETS, someone } from '../../../test/staff/role-sets.js';
import {
  canHave,
  mayApprove,
  mayChangeRoles,
  mayLookAtRoleChanges,
  mayPublishNameOf,
  mayRefuse,
  takesTwo,
} from './role-change.policy.js';

const RELATION = {
  place: ['here', 'elsewhere'],
  who: ['whose roles they are', 'who asked', 'a second person'],
} as const;

type Relation = Situation<typeof RELATION>;

const IDS = { 'whose roles they are': 'person', 'who asked': 'asker', 'a second person': 'second' } as const;
const CHANGE = { staffId: 'person', agencyId: 'here', askedBy: 'asker' };
const actor = ({ roles, is }: Relation) => someone(roles, is.place, IDS[is.who]);

provePolicies('a change of roles', RELATION, {
  'is made or asked for by': [
    (relation) => mayChangeRoles(actor(relation), CHANGE),
    'admin: here, who asked/a second person',
  ],
  'is looked at by': [(relation) => mayLookAtRoleChanges(actor(relation)), 'admin'],
  'is approved by': [(relation) => mayApprove(actor(relation), CHANGE), 'admin: here, a second person'],
  'is refused by': [(relation) => mayRefuse(actor(relation), CHANGE), 'admin: here, who asked/a second person'],
});

const WHOSE = { place: RELATION.place, whose: ['of a disclosure officer', 'of somebody else'] } as const;

provePolicies('a published name', WHOSE, {
  'is set by': [
    ({ roles, is: { place, whose } }) =>
      mayPublishNameOf(someone(roles, place, 'asker'), {
        ...CHANGE,
        roles: whose === 'of a disclosure officer' ? ['disclosure_officer'] : ['officer', 'lead'],
      }),
    'admin: here, of a disclosure officer',
  ],
});

describe('a change of roles', () => {
  it('takes two where a grave role is given, and one where it is taken', () => {
    const wrong = HELD_SETS.flatMap((before) =>
      HELD_SETS.filter((after) => {
        const given = after.filter((role) => !before.includes(role));
        const grave = given.some((role) =>
          ['admin', 'system_lead', 'disclosure_officer', 'identity_custodian', 'overseer'].includes(role),
        );
        return takesTwo(before, after) !== grave;
      }).map((after) => `${before.join('+')} to ${after.join('+')}`),
    );
    expect(wrong).toEqual([]);
  });

  it('leads to roles that can be held there', () => {
    for (const roles of ROLE_SETS) {
      const held = HELD_SETS.includes(roles);
      const oversight = roles.includes('overseer');
      for (const oversees of [true, false]) {
        expect([roles, canHave(roles, { isOperator: true, oversees })]).toEqual([roles, held && !oversight]);
        const here = held && !holds(roles, 'triage', 'system_lead') && (oversees || !oversight);
        expect([roles, canHave(roles, { isOperator: false, oversees })]).toEqual([roles, here]);
      }
    }
  });
});

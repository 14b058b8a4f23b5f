import { describe, expect, it } from '@jest/globals';
import { HELD_SETS, holds, ROLE_SETS, someone } from '../../test/staff/role-sets.js';
import { mayBeHeldAt, mayBeHeldTogether, ROLES, type Role } from './roles.js';
import { mayInvite } from './staff.policy.js';

describe('the roles', () => {
  it('can be held together where one watches nothing that the other does', () => {
    expect(ROLE_SETS.filter(mayBeHeldTogether)).toEqual(HELD_SETS);
    expect(mayBeHeldTogether(['officer', 'officer'])).toBe(false);
  });

  it('keep triage and the lead of the system with the operator', () => {
    const at = (isOperator: boolean, oversees: boolean): Role[] =>
      ROLES.filter((role) => mayBeHeldAt([role], { isOperator, oversees }));
    expect(at(false, false)).toEqual([
      'officer',
      'disclosure_officer',
      'identity_custodian',
      'lead',
      'analyst',
      'auditor',
      'admin',
    ]);
    expect(at(true, false)).toEqual(ROLES.filter((role) => role !== 'overseer'));
    expect(mayBeHeldAt(['officer', 'triage'], { isOperator: false, oversees: false })).toBe(false);
  });

  it('keep oversight with bodies that oversee, and never with the operator', () => {
    const at = (isOperator: boolean, oversees: boolean): boolean => mayBeHeldAt(['overseer'], { isOperator, oversees });
    expect([at(false, true), at(false, false), at(true, false), at(true, true)]).toEqual([true, false, false, false]);
  });
});

describe('an invitation', () => {
  const EVERY = ['here', 'there', 'operator'].flatMap((from) =>
    ['here', 'there', 'operator'].flatMap((agencyId) =>
      [true, false].flatMap((hasPeople) =>
        [['admin'] as const, ['officer'] as const].map((by) => ({ from, agencyId, hasPeople, by })),
      ),
    ),
  );

  it('is made by an administrator, at home for any roles, elsewhere by the operator’s for the very first', () => {
    const wrong = EVERY.flatMap(({ from, agencyId, hasPeople, by }) =>
      ROLE_SETS.filter((roles) => {
        const oversees = agencyId === 'there';
        const may = mayInvite(someone(by, from), { agencyId, roles, operatorAgency: 'operator', oversees, hasPeople });
        const fits =
          HELD_SETS.includes(roles) &&
          (agencyId === 'operator' || !holds(roles, 'triage', 'system_lead')) &&
          (oversees || !roles.includes('overseer'));
        const first = from === 'operator' && !hasPeople && roles.includes('admin');
        return may !== (by[0] === 'admin' && fits && (from === agencyId || first));
      }).map((roles: readonly Role[]) => `${by.join()} of ${from} to ${agencyId}: ${roles.join('+')}`),
    );
    expect(wrong).toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { HELD_SETS, holds, ROLE_SETS, someone } from '../../test/staff/role-sets.js';
import { mayBeHeldAt, mayBeHeldTogether, ROLES, type Role } from './roles.js';
import {
  mayAdminister,
  mayHaveADesk,
  mayInvite,
  mayLead,
  mayLeadTheSystem,
  mayListPeople,
  mayOperate,
  mayReadAudit,
  mayReadAuditOfAll,
  mayReadComplaints,
  mayReadDisclosures,
  mayReadFigures,
  mayReadFiguresOfAll,
  maySettleComplaints,
} from './staff.policy.js';

/** Who may, by role, once more in other words: any of these roles in a set that can be held. */
const BY_ROLE = {
  mayHaveADesk: [mayHaveADesk, 'officer', 'disclosure_officer', 'lead', 'triage'],
  mayReadComplaints: [mayReadComplaints, 'lead', 'officer', 'triage'],
  maySettleComplaints: [maySettleComplaints, 'lead', 'officer'],
  mayLead: [mayLead, 'lead'],
  mayReadDisclosures: [mayReadDisclosures, 'disclosure_officer'],
  mayLeadTheSystem: [mayLeadTheSystem, 'system_lead'],
  mayReadAudit: [mayReadAudit, 'auditor'],
  mayReadFigures: [mayReadFigures, 'analyst'],
  mayAdminister: [mayAdminister, 'admin'],
  mayListPeople: [mayListPeople, 'admin'],
} as const;

const AT_THE_OPERATORS = {
  mayOperate: [mayOperate, 'admin'],
  mayReadAuditOfAll: [mayReadAuditOfAll, 'auditor'],
  mayReadFiguresOfAll: [mayReadFiguresOfAll, 'analyst'],
} as const;

describe('the roles', () => {
  it('can be held together where one watches nothing that the other does', () => {
    expect(ROLE_SETS.filter(mayBeHeldTogether)).toEqual(HELD_SETS);
    expect(mayBeHeldTogether(['officer', 'officer'])).toBe(false);
  });

  it('keep triage and the lead of the system with the operator', () => {
    const elsewhere = ROLES.filter((role) => mayBeHeldAt([role], { isOperator: false }));
    expect(elsewhere).toEqual(['officer', 'disclosure_officer', 'lead', 'analyst', 'auditor', 'admin']);
    expect(ROLES.filter((role) => mayBeHeldAt([role], { isOperator: true }))).toEqual(ROLES);
    expect(mayBeHeldAt(['officer', 'triage'], { isOperator: false })).toBe(false);
  });

  it.each(Object.entries(BY_ROLE))('alone decide %s', (_, [may, ...roles]) => {
    const wrong = ROLE_SETS.filter((set) => may(someone(set, 'here')) !== holds(set, ...roles));
    expect(wrong).toEqual([]);
  });

  it.each(Object.entries(AT_THE_OPERATORS))('decide %s at the operator’s alone', (_, [may, role]) => {
    for (const set of ROLE_SETS) {
      expect([set, may(someone(set, 'operator'), 'operator')]).toEqual([set, holds(set, role)]);
      expect([set, may(someone(set, 'here'), 'operator')]).toEqual([set, false]);
    }
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
        const may = mayInvite(someone(by, from), { agencyId, roles, operatorAgency: 'operator', hasPeople });
        const fits = HELD_SETS.includes(roles) && (agencyId === 'operator' || !holds(roles, 'triage', 'system_lead'));
        const first = from === 'operator' && !hasPeople && roles.includes('admin');
        return may !== (by[0] === 'admin' && fits && (from === agencyId || first));
      }).map((roles: readonly Role[]) => `${by.join()} of ${from} to ${agencyId}: ${roles.join('+')}`),
    );
    expect(wrong).toEqual([]);
  });
});

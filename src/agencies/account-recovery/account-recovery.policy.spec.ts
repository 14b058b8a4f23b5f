import { describe, expect, it } from '@jest/globals';
import { ROLES, type Role } from '../../staff/roles.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { mayApproveRecovery, mayBeginRecovery, mayStopRecovery } from './account-recovery.policy.js';

const LOST = { staffId: 'lost', agencyId: 'msd' };
const HELPERS: readonly Role[] = ['admin', 'lead', 'officer'];

const somebody = (staffId: string, agencyId: string, role: Role): StaffActor => ({
  kind: 'staff',
  staffId,
  agencyId,
  roles: [role],
  displayName: staffId,
});

describe('letting a colleague in again', () => {
  it.each(ROLES)('is for %s exactly where that is one who helps, at the same agency, and for somebody else', (role) => {
    for (const agencyId of ['msd', 'ird']) {
      for (const staffId of ['helper', 'lost']) {
        const actor = somebody(staffId, agencyId, role);
        const may = HELPERS.includes(role) && agencyId === 'msd' && staffId !== 'lost';
        expect(mayBeginRecovery(actor, LOST)).toBe(may);
        expect(mayStopRecovery(actor, LOST)).toBe(may || staffId === 'lost');
      }
    }
  });

  it('takes two who are not the same, one of them an administrator', () => {
    for (const first of ROLES) {
      for (const second of ROLES) {
        const begunBy = { staffId: 'first', roles: [first] };
        const both = HELPERS.includes(second) && (first === 'admin' || second === 'admin');
        expect(mayApproveRecovery(somebody('second', 'msd', second), LOST, begunBy)).toBe(both);
        expect(mayApproveRecovery(somebody('first', 'msd', second), LOST, begunBy)).toBe(false);
        expect(mayApproveRecovery(somebody('lost', 'msd', second), LOST, begunBy)).toBe(false);
        expect(mayApproveRecovery(somebody('second', 'ird', second), LOST, begunBy)).toBe(false);
      }
    }
  });
});

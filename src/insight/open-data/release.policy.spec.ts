import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ROLES, type Role } from '../../staff/roles.js';
import { mayApproveRelease, mayTendReleases, mayWithdrawRelease } from './release.policy.js';

const person = (roles: readonly Role[], agencyId = 'triage', staffId = 'me') => ({
  ...({ kind: 'staff', roles, agencyId, staffId, displayName: 'Somebody' } as const),
});

describe('releases of open data', () => {
  it('are tended by the operator’s analysts and system leads, and by nobody else', () => {
    expect(ROLES.filter((role) => mayTendReleases(person([role]), 'triage'))).toEqual(
      ROLES.filter((role) => role === 'analyst' || role === 'system_lead'),
    );
    expect(ROLES.filter((role) => mayTendReleases(person([role], 'msd'), 'triage'))).toEqual([]);
  });

  it('are never tended by who also gives access or watches', () => {
    fc.assert(
      fc.property(fc.subarray([...ROLES]), fc.constantFrom<Role>('admin', 'auditor'), (roles, role) => {
        expect(mayTendReleases(person([...roles, role]), 'triage')).toBe(false);
      }),
    );
  });

  it('are approved by somebody else than who prepared them, and withdrawn by either', () => {
    const [mine, theirs] = [{ preparedBy: 'me' }, { preparedBy: 'other' }];
    expect(mayApproveRelease(person(['analyst']), mine, 'triage')).toBe(false);
    expect(mayApproveRelease(person(['analyst']), theirs, 'triage')).toBe(true);
    expect(mayApproveRelease(person(['analyst'], 'msd'), theirs, 'triage')).toBe(false);
    expect(mayWithdrawRelease(person(['system_lead']), 'triage')).toBe(true);
    expect(mayWithdrawRelease(person(['lead']), 'triage')).toBe(false);
  });
});

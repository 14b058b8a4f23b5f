import { provePolicies } from '../../../test/staff/policy-matrix.js';
import { someone } from '../../../test/staff/role-sets.js';
import { mayLetRead } from './joining.policy.js';

const RELATION = { place: ['here', 'elsewhere'], who: ['a colleague', 'themself'] } as const;

const officer = someone(['disclosure_officer'], 'here', 'officer');

provePolicies('older disclosures', RELATION, {
  'are granted by': [
    ({ roles, is }) => mayLetRead(someone(roles, is.place, is.who === 'themself' ? 'officer' : 'other'), officer),
    'disclosure_officer: here, a colleague',
  ],
});

provePolicies('older disclosures of an officer', RELATION, {
  'are granted to': [
    ({ roles, is }) => mayLetRead(officer, someone(roles, is.place, is.who === 'themself' ? 'officer' : 'other')),
    'disclosure_officer: here, a colleague',
  ],
});

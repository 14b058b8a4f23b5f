import { provePolicies } from '../../../test/staff/policy-matrix.js';
import { ROLE_SETS, someone } from '../../../test/staff/role-sets.js';
import { mayBeHeldTogether } from '../../staff/roles.js';
import { mayReadReports, mayReport } from './report.policy.js';

const BODY = {
  place: ['at an agency', 'at the operator’s'],
  body: ['that oversees', 'that oversees nothing'],
  reports: ['taken there', 'not taken there'],
  office: ['an officer too', 'no officer'],
} as const;

/* It takes two roles at once, which the words of a table cannot say: that of an officer is a fact beside the others. */
const WITHOUT_OFFICER = ROLE_SETS.filter(
  (roles) => !roles.includes('officer') && mayBeHeldTogether([...roles, 'officer']),
);

provePolicies(
  'oversight: reports of serious misconduct',
  BODY,
  {
    'are read by overseers who are officers': [
      ({ roles, is }) =>
        mayReadReports(someone(is.office === 'an officer too' ? [...roles, 'officer'] : roles, 'agency'), {
          isOperator: is.place === 'at the operator’s',
          oversees: is.body === 'that oversees',
          takesReports: is.reports === 'taken there',
        }),
      'overseer: at an agency, that oversees, taken there, an officer too',
    ],
  },
  WITHOUT_OFFICER,
);

provePolicies(
  'serious misconduct',
  { place: ['anywhere'] },
  {
    'is reported by': [({ roles }) => mayReport(someone(roles, 'agency')), 'disclosure_officer lead'],
  },
);

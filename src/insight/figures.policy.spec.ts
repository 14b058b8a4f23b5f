import { provePolicies } from '../../test/staff/policy-matrix.js';
import { someone } from '../../test/staff/role-sets.js';
import { mayLookAtEachAgency, mayLookAtFigures, mayRecordLearning } from './figures.policy.js';

provePolicies(
  'figures of complaints',
  { place: ['at the operator', 'at an agency'] },
  {
    'are looked at by analysts and leads, and by the operator’s system leads': [
      ({ roles, is }) =>
        mayLookAtFigures(someone(roles, 'agency'), is.place === 'at the operator' ? 'agency' : 'operator'),
      'analyst lead or system_lead: at the operator',
    ],
    'of each agency are looked at by the operator’s analysts and system leads': [
      ({ roles, is }) =>
        mayLookAtEachAgency(someone(roles, 'agency'), is.place === 'at the operator' ? 'agency' : 'operator'),
      'analyst system_lead: at the operator',
    ],
  },
);

provePolicies(
  'what an agency learnt',
  { place: ['anywhere'] },
  {
    'is written down by its leads and analysts': [
      ({ roles }) => mayRecordLearning(someone(roles, 'agency')),
      'lead analyst',
    ],
  },
);

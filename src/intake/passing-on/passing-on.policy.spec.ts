import { provePolicies } from '../../../test/staff/policy-matrix.js';
import { someone } from '../../../test/staff/role-sets.js';
import { mayPassOn } from './passing-on.policy.js';

provePolicies(
  'a complaint that turns out to be a disclosure',
  {},
  {
    'is passed on by': [({ roles }) => mayPassOn(someone(roles, 'here')), 'officer lead'],
  },
);

import { provePolicies, type Situation } from '../../test/staff/policy-matrix.js';
import { someone } from '../../test/staff/role-sets.js';
import type { CaseReader, CaseStanding } from '../cases/case.policy.js';
import { mayCloseDisclosure, mayListDuties, mayReopenDisclosure, mayTakeSteps } from './disclosure.policy.js';

const RELATION = {
  path: ['complaint', 'disclosure'],
  place: ['here', 'elsewhere'],
  grant: ['granted', 'not granted'],
  wall: ['let in', 'kept out'],
} as const;

type Relation = Situation<typeof RELATION>;

const reader = ({ roles, is }: Relation): CaseReader => ({
  person: someone(roles, is.place, 'me'),
  granted: is.grant === 'granted',
  walled: is.wall === 'kept out',
});
const asks =
  (may: (reader: CaseReader, standing: CaseStanding) => boolean) =>
  (relation: Relation): boolean =>
    may(reader(relation), { path: relation.is.path, agencyId: 'here' });

const READS = 'disclosure_officer: disclosure, here, granted, let in';

provePolicies('a disclosure', RELATION, {
  'take its steps': [asks(mayTakeSteps), READS],
  close: [asks(mayCloseDisclosure), READS],
  'take up again': [asks(mayReopenDisclosure), READS],
  'list what is due': [(relation) => mayListDuties(reader(relation).person), 'disclosure_officer'],
});

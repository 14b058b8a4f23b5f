import { provePolicies, type Situation } from '../../../test/staff/policy-matrix.js';
import { someone } from '../../../test/staff/role-sets.js';
import { mayApproveInvitation, mayRefuseInvitation } from './asked-invitation.policy.js';

const RELATION = {
  place: ['here', 'elsewhere'],
  who: ['who asked', 'a second person'],
} as const;

type Relation = Situation<typeof RELATION>;

const IDS = { 'who asked': 'asker', 'a second person': 'second' } as const;
const ASKED = { askedBy: 'asker', askedAt: 'here' };
const actor = ({ roles, is }: Relation) => someone(roles, is.place, IDS[is.who]);

provePolicies('an invitation that waits', RELATION, {
  'is approved by': [(relation) => mayApproveInvitation(actor(relation), ASKED), 'admin: here, a second person'],
  'is refused by': [(relation) => mayRefuseInvitation(actor(relation), ASKED), 'admin: here'],
});

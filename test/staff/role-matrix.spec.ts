import {
  mayConnect,
  mayGrantKey,
  mayHoldComplaintsKey,
  mayMakeKey,
  mayOpenForIntake,
  maySeeKeys,
} from '../../src/agencies/agency.policy.js';
import { mayReadOverdue } from '../../src/clocks/clock.policy.js';
import { maySetWebhook } from '../../src/delivery/webhook.policy.js';
import type { StaffActor } from '../../src/staff/staff-actor.js';
import {
  mayAdminister,
  mayEndSessionsOf,
  mayHaveADesk,
  mayKeepNames,
  mayLead,
  mayLeadTheSystem,
  mayListPeople,
  mayOperate,
  mayOversee,
  mayReadAudit,
  mayReadAuditOfAll,
  mayReadComplaints,
  mayReadDisclosures,
  mayReadFigures,
  mayReadFiguresOfAll,
  maySettleComplaints,
} from '../../src/staff/staff.policy.js';
import { provePolicies, type Situation } from './policy-matrix.js';
import { someone } from './role-sets.js';

const PLACE = { place: ['at the operator’s', 'at an agency'] } as const;

type Place = Situation<typeof PLACE>;

const person = ({ roles, is }: Place): StaffActor =>
  someone(roles, is.place === 'at an agency' ? 'agency' : 'operator', 'me');
const asks =
  (may: (actor: StaffActor, operatorAgency: string) => boolean) =>
  (place: Place): boolean =>
    may(person(place), 'operator');

provePolicies('by their roles, people', PLACE, {
  'have a desk': [asks(mayHaveADesk), 'officer disclosure_officer lead triage'],
  'read complaints': [asks(mayReadComplaints), 'lead officer triage'],
  'settle complaints': [asks(maySettleComplaints), 'lead officer'],
  'read disclosures': [asks(mayReadDisclosures), 'disclosure_officer'],
  'keep the names of disclosures': [asks(mayKeepNames), 'identity_custodian'],
  lead: [asks(mayLead), 'lead'],
  'see what is past its date': [asks(mayReadOverdue), 'lead'],
  'lead the system': [asks(mayLeadTheSystem), 'system_lead: at the operator’s'],
  'read the audit log': [asks(mayReadAudit), 'auditor'],
  'read the audit log of all': [asks(mayReadAuditOfAll), 'auditor: at the operator’s'],
  'read figures': [asks(mayReadFigures), 'analyst'],
  'read figures of all': [asks(mayReadFiguresOfAll), 'analyst: at the operator’s'],
  administer: [asks(mayAdminister), 'admin'],
  'list people': [asks(mayListPeople), 'admin'],
  'end the sessions of a person': [
    (place) => mayEndSessionsOf(person(place), { agencyId: 'agency' }),
    'admin: at an agency',
  ],
  'set where their agency’s system is called': [asks(maySetWebhook), 'admin'],
  'look after the queues': [asks(mayOperate), 'admin: at the operator’s'],
  'connect agencies': [asks(mayConnect), 'admin: at the operator’s'],
  'see how the keys stand': [asks(maySeeKeys), 'everybody'],
  'hold the complaints key': [asks(mayHoldComplaintsKey), 'officer lead triage'],
  'make the complaints key': [asks(mayMakeKey), 'officer triage lead'],
  'hand the complaints key on to an officer': [
    (place) => mayGrantKey(person(place), someone(['officer'], 'agency')),
    'officer lead triage',
  ],
  'be handed the complaints key': [
    (place) => mayGrantKey(someone(['lead'], 'agency'), person(place)),
    'officer lead triage',
  ],
  'be handed the complaints key by an administrator': [
    (place) => mayGrantKey(someone(['admin'], 'agency'), person(place)),
    'nobody',
  ],
  'open the door': [asks(mayOpenForIntake), 'officer lead admin'],
});

const BODY = { ...PLACE, body: ['that oversees', 'that oversees nothing'] } as const;

provePolicies('oversight', BODY, {
  'see how agencies keep to the steps of the law': [
    ({ roles, is }) =>
      mayOversee(someone(roles, 'agency'), {
        isOperator: is.place === 'at the operator’s',
        oversees: is.body === 'that oversees',
      }),
    'overseer: at an agency, that oversees',
  ],
});

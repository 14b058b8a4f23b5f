import type { Role } from '../../src/staff/roles.js';
import type { AgencyId } from './scene.js';

/*
 * Every route there is, and who may call it. A route that is not named here fails `routes.spec.ts`, and so does a name
 * here that is no route any more.
 *
 * To add one: write `'METHOD /path/as/declared'` and say who may call it.
 * - `may: 'public'`: everybody, on the public side.
 * - `may: 'before signing in'`: a staff page or call that needs no session.
 * - `may: 'signed in'`: every role everywhere.
 * - otherwise exactly these, as `role@agency`; what the path names belongs to `msd`, `triage` is the operator.
 *   Everybody else must be answered like somebody who asks for what does not exist.
 * - `sends`: what a page of ours would send, good enough to come past the form's own checks; an object for a call under
 *   `/api/`, else the fields of a form. What it leads to does not matter, only that the right to it is asked first.
 * - `place`: what stands for a parameter that is no thing of the scene (`scene.ts`): `{ ':version': '2026-11-22' }`.
 * - `last`: who calls it may do less afterwards, so that everything else is called before.
 */
export interface RouteEntry {
  readonly may: 'public' | 'before signing in' | 'signed in' | readonly Who[];
  readonly sends?: object;
  readonly place?: Readonly<Record<string, string>>;
  readonly last?: true;
}

export type Who = `${Role}@${AgencyId}`;

const everywhere = (...roles: Role[]): Who[] =>
  roles.flatMap((role) => (['msd', 'ird', 'triage'] as const).map((agency): Who => `${role}@${agency}`));

const READERS: readonly Who[] = ['officer@msd', 'lead@msd'];
const WITH_A_DESK: readonly Who[] = [...everywhere('officer', 'lead', 'disclosure_officer'), 'triage@triage'];
const OPERATOR: readonly Who[] = ['admin@triage'];
const SYSTEM_LEAD: readonly Who[] = ['system_lead@triage'];
const LOOKS_AT_FIGURES: readonly Who[] = [...everywhere('analyst', 'lead'), 'system_lead@triage'];
const TENDS_OPEN_DATA: readonly Who[] = ['analyst@triage', 'system_lead@triage'];
const OVERSEER: readonly Who[] = ['overseer@ombudsman'];
const ADMINS = everywhere('admin');
const KEY_HOLDERS: readonly Who[] = [...everywhere('officer', 'lead'), 'triage@triage'];
const KEY_OPENERS = everywhere('officer', 'lead', 'admin');
const PUBLIC: RouteEntry = { may: 'public' };

const ID = '6f3c1f9e-7b0a-4c55-9a51-2f6f3a0f6c11';
const BYTES = 'A'.repeat(43);
const jwe = 'AA.AA.AA.AA.AA';
const jwk = { kty: 'EC', crv: 'P-384', x: 'A'.repeat(64), y: 'A'.repeat(64) };
const item = { id: ID, jwe };
const epoch = { record: 'AA.AA.AA', grants: [{ reader: BYTES, jwe }] };
const credential = { id: BYTES, clientDataJSON: 'AA', attestationObject: 'AA', transports: [] };
const grants = [{ key: 'case', epoch: 1, reader: BYTES, jwe }];

export const ROUTES: Readonly<Record<string, RouteEntry>> = {
  // the public side
  'GET /': PUBLIC,
  'GET /accessibility': PUBLIC,
  'GET /api/v1/agencies': PUBLIC,
  'GET /api/v1/agencies/:id/readers': PUBLIC,
  'GET /api/v1/audit/heads': PUBLIC,
  'GET /open-data': PUBLIC,
  'GET /open-data/data.json': PUBLIC,
  'GET /open-data/catalogue.jsonld': PUBLIC,
  'GET /open-data/releases.atom': PUBLIC,
  'GET /open-data/v1/:dataset': PUBLIC,
  'GET /open-data/v1/:dataset/latest': PUBLIC,
  'GET /open-data/v1/:dataset/:period/latest': PUBLIC,
  'GET /open-data/v1/:dataset/:period/:revision': PUBLIC,
  'GET /open-data/v1/:dataset/:period/:revision/:file': PUBLIC,
  'GET /api/v1/key-log': PUBLIC,
  'GET /api/v1/key-log/added': PUBLIC,
  'POST /api/v1/key-log/cosignatures': PUBLIC,
  'GET /api/v1/key-log/consistency': PUBLIC,
  'GET /api/v1/key-log/entries': PUBLIC,
  'GET /api/v1/keys': PUBLIC,
  'GET /api/v1/mailbox': PUBLIC,
  'POST /api/v1/mailbox/messages': PUBLIC,
  'DELETE /api/v1/mailbox/notify': PUBLIC,
  'POST /api/v1/mailbox/ratings/tokens': PUBLIC,
  'POST /api/v1/ratings': PUBLIC,
  'POST /api/v1/mailbox/referrals/:id/consent': PUBLIC,
  'DELETE /api/v1/mailbox/referrals/:id/consent': PUBLIC,
  'POST /api/v1/mailbox/referrals/:id/refusal': PUBLIC,
  'POST /api/v1/mailbox/referrals/:id/retold': PUBLIC,
  'POST /api/v1/mailbox/sessions': PUBLIC,
  'DELETE /api/v1/mailbox/sessions': PUBLIC,
  'GET /api/v1/openapi.json': PUBLIC,
  'POST /api/v1/proofs': PUBLIC,
  'GET /api/v1/proofs/keys': PUBLIC,
  'POST /api/v1/routing/decisions': PUBLIC,
  'GET /api/v1/routing/rules': PUBLIC,
  'GET /api/v1/schemas/:file': PUBLIC,
  'POST /api/v1/submissions': PUBLIC,
  'GET /before-writing': PUBLIC,
  'GET /decision': PUBLIC,
  'POST /decision': PUBLIC,
  'GET /draft': PUBLIC,
  'POST /finish': PUBLIC,
  'GET /working-days': PUBLIC,
  'GET /health/live': PUBLIC,
  'GET /health/ready': PUBLIC,
  'GET /keys': PUBLIC,
  'GET /language': PUBLIC,
  'GET /leave': PUBLIC,
  'GET /mailbox': PUBLIC,
  'POST /mailbox': PUBLIC,
  'GET /mailbox/case': PUBLIC,
  'POST /mailbox/case/evidence': PUBLIC,
  'POST /mailbox/case/messages': PUBLIC,
  'POST /mailbox/case/notify': PUBLIC,
  'POST /mailbox/case/proof': PUBLIC,
  'POST /mailbox/case/referral': PUBLIC,
  'POST /mailbox/lock': PUBLIC,
  'GET /pack': PUBLIC,
  'GET /privacy': PUBLIC,
  'GET /proof': PUBLIC,
  'GET /questions/:question': PUBLIC,
  'POST /questions/:question': PUBLIC,
  'GET /rules': PUBLIC,
  'GET /rules/:version': PUBLIC,
  'GET /screen': PUBLIC,
  'GET /speaking-up': PUBLIC,
  'GET /speaking-up/punished': PUBLIC,
  'GET /start': PUBLIC,
  'GET /start/named': PUBLIC,
  'GET /start/punished': PUBLIC,
  'POST /start': PUBLIC,
  'POST /start/classified': PUBLIC,
  'GET /ways': PUBLIC,
  'POST /ways': PUBLIC,
  'GET /write': PUBLIC,
  'POST /write': PUBLIC,

  // signing in
  'GET /staff/sign-in': { may: 'before signing in' },
  'POST /staff/api/sign-in': { may: 'before signing in' },
  'POST /staff/api/sign-in/salt': { may: 'before signing in' },
  'POST /staff/api/sign-in/passkey': { may: 'before signing in' },
  'POST /staff/api/sign-in/passkey/begin': { may: 'before signing in' },
  'POST /staff/api/join/passkey': { may: 'before signing in' },
  'GET /staff/join': { may: 'before signing in' },
  'POST /staff/api/join': { may: 'before signing in' },
  'POST /staff/api/join/begin': { may: 'before signing in' },
  'GET /staff': { may: 'signed in' },
  'GET /staff/unlock': { may: 'signed in' },
  'GET /staff/working-days': { may: 'signed in' },
  'GET /staff/ways-in': { may: 'signed in' },
  'POST /staff/api/ways-in/offer': { may: 'signed in' },
  'POST /staff/api/ways-in': { may: 'signed in', sends: { label: 'A key', passkey: credential, sealed: [] } },
  'GET /staff/ways-in/passphrase': { may: 'signed in' },
  'POST /staff/api/passphrase': {
    may: 'signed in',
    sends: {
      salt: 'A'.repeat(22),
      auth: BYTES,
      offer: jwe,
      code: '123456',
      sealed: [{ kid: BYTES, sealedPrivate: jwe }],
    },
  },
  'GET /staff/ways-in/code': { may: 'signed in' },
  'POST /staff/api/passphrase/change': {
    may: 'signed in',
    sends: { salt: 'A'.repeat(22), auth: BYTES, sealed: [{ kid: BYTES, sealedPrivate: jwe }] },
  },
  'POST /staff/api/passphrase/code': { may: 'signed in', sends: { offer: jwe, code: '123456' } },
  // of another than their owner they are not there
  'GET /staff/ways-in/:id': { may: [], place: { ':id': ID } },
  'POST /staff/api/ways-in/:id/removal': {
    may: [],
    place: { ':id': ID },
    sends: { agreement: { jwk }, signing: { jwk }, sealed: [{ way: ID, agreement: jwe, signing: jwe }] },
  },
  'GET /staff/new-keys': { may: 'signed in' },
  'GET /staff/api/new-keys/grants': { may: 'signed in' },
  'POST /staff/api/new-keys/grants': {
    may: 'signed in',
    sends: { grants: [{ caseId: ID, key: 'case', epoch: 1, from: BYTES, jwe, held: BYTES }] },
  },
  'POST /staff/api/new-keys/finish': { may: 'signed in' },
  'GET /staff/api/key-log': { may: 'signed in' },
  'GET /staff/api/key-log/added': { may: 'signed in' },
  'GET /staff/api/key-log/entries': { may: 'signed in' },
  'GET /staff/api/key-log/agencies/:agency': { may: 'signed in', place: { ':agency': 'msd' } },
  'GET /staff/api/own-keys': { may: 'signed in' },
  'GET /staff/sessions': { may: 'signed in' },
  'POST /staff/sessions/end-others': { may: 'signed in' },
  // of somebody else
  'POST /staff/sessions/:id/end': { may: [] },
  'POST /staff/people/:staffId/end-sessions': { may: ['admin@msd'] },
  'GET /staff/step-up': { may: 'signed in' },
  'GET /staff/api/step-up': { may: 'signed in' },
  'POST /staff/api/step-up': { may: 'signed in' },
  'POST /staff/api/step-up/passkey/begin': { may: 'signed in' },
  'POST /staff/api/step-up/passkey': { may: 'signed in' },

  'GET /staff/recover': { may: 'before signing in' },
  'POST /staff/api/recover': { may: 'before signing in' },
  'POST /staff/api/recover/begin': { may: 'before signing in' },
  'GET /staff/recoveries': { may: KEY_OPENERS },
  'POST /staff/recoveries': {
    may: ['officer@msd', 'lead@msd', 'admin@msd'],
    sends: { staffId: ':staffId', checked: 'yes' },
  },
  // none was begun
  'POST /staff/recoveries/:id/approve': { may: [], place: { ':id': ID }, sends: { checked: 'yes' } },
  'POST /staff/recoveries/:id/stop': { may: [], place: { ':id': ID } },
  'GET /staff/openid/:provider/callback': { may: 'before signing in' },
  'POST /staff/openid/:provider/sign-in': { may: 'before signing in' },
  'POST /staff/openid/:provider/link': { may: 'signed in', place: { ':provider': 'none' } },
  'POST /staff/openid/:provider/prove': { may: 'signed in', place: { ':provider': 'none' } },
  'GET /staff/identities': { may: 'signed in' },
  // of nobody
  'POST /staff/identities/:id/remove': { may: [], place: { ':id': ID } },

  // the desk
  'GET /staff/inbox': { may: WITH_A_DESK },
  'GET /staff/disclosures': { may: everywhere('disclosure_officer') },
  'GET /staff/disclosures/due': { may: everywhere('disclosure_officer') },
  'GET /staff/disclosures/registers': { may: everywhere('disclosure_officer') },
  'GET /staff/disclosures/registers/no-action': { may: everywhere('disclosure_officer') },
  'GET /staff/disclosures/withheld': { may: everywhere('disclosure_officer') },
  'GET /staff/official-information': { may: everywhere('officer', 'lead') },
  'GET /staff/official-information/export': { may: everywhere('officer', 'lead') },
  'GET /staff/disclosures/renewal': { may: everywhere('disclosure_officer') },
  'GET /staff/api/stale-disclosures': { may: everywhere('disclosure_officer') },
  'GET /staff/disclosures/releases': { may: everywhere('disclosure_officer') },
  // the scene's case is a complaint, whose person has no custodian
  'GET /staff/cases/:id/identity': { may: [] },
  'GET /staff/cases/:id/identity/ask': { may: [] },
  'GET /staff/cases/:id/identity/releases/:releaseId': { may: [], place: { ':releaseId': ID } },
  'POST /staff/cases/:id/identity/releases/:releaseId': {
    may: [],
    place: { ':releaseId': ID },
    sends: { decision: 'approved' },
  },
  'GET /staff/api/cases/:id/identity': { may: [] },
  'POST /staff/api/cases/:id/identity/releases': {
    may: [],
    sends: { id: ID, ground: 'natural_justice', consultedOn: '2026-11-20', note: { item } },
  },
  'POST /staff/api/cases/:id/identity/releases/:releaseId/told': {
    may: [],
    place: { ':releaseId': ID },
    sends: { item },
  },
  'GET /staff/disclosures/joining': { may: everywhere('disclosure_officer') },
  // who the path names is no disclosure officer
  'GET /staff/api/joining/:staffId': { may: [] },
  'POST /staff/api/joining/:staffId': {
    may: [],
    sends: { grants: [{ caseId: ID, key: 'case', epoch: 1, jwe, held: BYTES }] },
  },
  // a complaint's key is the agency's, and renewed with that
  'POST /staff/api/cases/:id/renewal': { may: [], sends: { epoch } },
  'GET /staff/overdue': { may: everywhere('lead') },
  'GET /staff/figures': { may: LOOKS_AT_FIGURES },
  'GET /staff/figures/:page': { may: LOOKS_AT_FIGURES, place: { ':page': 'overview' } },
  'GET /staff/figures/:page/tables/:panel': {
    may: LOOKS_AT_FIGURES,
    place: { ':page': 'overview', ':panel': 'flow' },
  },
  'POST /staff/figures/learning': {
    may: everywhere('lead', 'analyst'),
    sends: { topic: 'benefit', kind: 'other', month: new Date().toISOString().slice(0, 7) },
  },
  // there is nothing yet to be taken back
  'POST /staff/figures/learning/:id/take-back': { may: [], place: { ':id': ID } },
  'GET /staff/oversight': { may: OVERSEER },
  'GET /staff/oversight/aims': { may: OVERSEER },
  'GET /staff/oversight/referrals': { may: OVERSEER },
  'GET /staff/oversight/quarters/:quarter/:agencyId': {
    may: OVERSEER,
    place: { ':quarter': '2026-10-01', ':agencyId': 'msd' },
  },
  'GET /staff/misconduct-report': { may: everywhere('disclosure_officer', 'lead') },
  'POST /staff/api/misconduct-reports': { may: everywhere('disclosure_officer', 'lead'), sends: { id: ID, jwe } },
  // nobody here is of the body that takes them
  'GET /staff/oversight/reports': { may: [] },
  'GET /staff/oversight/reports/:id': { may: [], place: { ':id': ID } },
  'POST /staff/oversight/reports/:id/received': { may: [], place: { ':id': ID } },
  'GET /staff/audit': { may: everywhere('auditor') },
  'GET /staff/api/audit': { may: everywhere('auditor') },
  'GET /staff/audit/export': { may: everywhere('auditor') },
  // names no case: what is sealed anew is joined to none
  'POST /staff/api/passing-on': {
    may: everywhere('officer', 'lead'),
    sends: {
      sealed: {
        case: ID,
        commitment: BYTES,
        items: [{ ...item, key: 'case', kind: 'statement' }],
        epochs: [{ key: 'case', epoch: 1, record: 'AA.AA.AA' }],
      },
      grants: [...grants, ...grants],
      mailbox: { idHash: BYTES, agreement: { kid: BYTES, jwk }, signing: { kid: BYTES, jwk }, sealedPrivate: jwe },
    },
  },
  'GET /staff/api/cases/:id': { may: READERS },
  'GET /staff/cases/:id': { may: READERS },
  'GET /staff/cases/:id/acknowledge': { may: READERS },
  'GET /staff/cases/:id/assign': { may: READERS },
  'GET /staff/cases/:id/close': { may: READERS },
  'GET /staff/cases/:id/correction': { may: READERS },
  'GET /staff/cases/:id/link': { may: READERS },
  'GET /staff/cases/:id/note': { may: READERS },
  'GET /staff/cases/:id/pass-on': { may: READERS },
  'GET /staff/cases/:id/refer': { may: READERS },
  'GET /staff/cases/:id/reply': { may: READERS },
  'GET /staff/cases/:id/split': { may: READERS },
  'GET /staff/cases/:id/walls': { may: READERS },
  'POST /staff/cases/:id/acknowledge': { may: READERS },
  'POST /staff/cases/:id/assign': { may: READERS, sends: { to: ID, heldBy: '' } },
  'POST /staff/cases/:id/correction': { may: READERS, sends: { agency: 'acc', why: 'outside_powers' } },
  'POST /staff/cases/:id/links': { may: READERS, sends: { reference: 'nothing', kind: 'related' } },
  'POST /staff/cases/:id/links/:linkId/remove': { may: READERS },
  'POST /staff/cases/:id/reopen': { may: READERS },
  // who did this is in no relation to the case any more
  'POST /staff/cases/:id/recusal': { may: READERS, sends: { reason: 'other' }, last: true },
  'POST /staff/cases/:id/walls': { may: READERS, sends: { staffId: ':staffId', reason: 'other' } },
  'POST /staff/cases/:id/walls/:wallId/lift': { may: ['lead@msd'] },
  'POST /staff/cases/:id/take': { may: READERS, sends: { heldBy: '' } },
  'POST /staff/api/cases/:id/acknowledgement': { may: READERS, sends: { item } },
  'POST /staff/api/cases/:id/countersignature': { may: READERS, sends: { item } },
  'POST /staff/api/cases/:id/lodging': { may: READERS, sends: { commitments: [BYTES] } },
  'POST /staff/api/cases/:id/closing': { may: READERS, sends: { outcome: 'resolved' } },
  'POST /staff/api/cases/:id/notes': { may: READERS, sends: { item } },
  'POST /staff/api/cases/:id/parts': { may: READERS, sends: { part: ID, epoch, items: [item] } },
  'POST /staff/api/cases/:id/replies': { may: READERS, sends: { item } },

  // of a complaint the law asks for no steps
  'GET /staff/cases/:id/duties': { may: [] },
  'GET /staff/cases/:id/duties/:step': { may: [], place: { ':step': 'consider' } },
  'POST /staff/cases/:id/duties/close': { may: [] },
  'POST /staff/cases/:id/duties/reopen': { may: [] },
  'POST /staff/api/cases/:id/duties/acknowledge': {
    may: [],
    sends: { id: ID, number: 1, receivedOn: '2026-11-20', orally: false },
  },
  'POST /staff/api/cases/:id/duties/consider': { may: [], sends: { id: ID, number: 1, item } },
  'POST /staff/api/cases/:id/duties/elsewhere': { may: [], sends: { id: ID, number: 1, item, asked: true } },
  'POST /staff/api/cases/:id/duties/extend': { may: [], sends: { id: ID, number: 1, item, expectedOn: '2027-03-01' } },
  'POST /staff/api/cases/:id/duties/update': { may: [], sends: { id: ID, number: 1, item } },
  'POST /staff/api/cases/:id/duties/deal': { may: [], sends: { id: ID, number: 1, actions: ['investigating'] } },
  'POST /staff/api/cases/:id/duties/inform': { may: [], sends: { id: ID, number: 1, item } },
  'GET /staff/cases/:id/support': { may: [] },
  'GET /staff/cases/:id/support/:kind': { may: [], place: { ':kind': 'plan' } },
  'POST /staff/api/cases/:id/support/assessment': { may: [], sends: { id: ID, number: 1, item, nextOn: '2027-03-01' } },
  'POST /staff/api/cases/:id/support/plan': { may: [], sends: { id: ID, number: 1, item, nextOn: '2027-03-01' } },
  'POST /staff/api/cases/:id/support/recheck': { may: [], sends: { id: ID, number: 1, item } },

  // handing on; the one it was proposed to, which alone may accept, has nobody here
  'GET /staff/referrals': { may: WITH_A_DESK },
  'GET /staff/referrals/:id': { may: READERS },
  'GET /staff/api/referrals/:id': { may: READERS },
  'GET /staff/api/referrals/:id/case': { may: [] },
  // nobody reads for it yet, so that there is nothing to be told about it
  'GET /staff/api/cases/:id/receivers/:agencyId': { may: [], place: { ':agencyId': 'acc' } },
  'POST /staff/api/cases/:id/referrals': {
    may: READERS,
    sends: { id: ID, to: 'acc', reason: 'not_ours', shareIdentity: false, note: item, epoch, grants },
  },
  'POST /staff/api/referrals/:id/acceptance': { may: [] },
  'POST /staff/api/referrals/:id/decline': { may: [], sends: { reason: 'other' } },
  'POST /staff/api/referrals/:id/grants': { may: READERS, sends: { grants } },
  'POST /staff/api/referrals/:id/opening': { may: [], sends: { epoch } },
  'POST /staff/referrals/:id/ground': { may: READERS, sends: { ground: 'law_requires' } },
  'POST /staff/referrals/:id/withdraw': { may: READERS },
  'GET /staff/lead': { may: SYSTEM_LEAD },
  'GET /staff/lead/:id': { may: SYSTEM_LEAD },
  'POST /staff/lead/:id': { may: SYSTEM_LEAD, sends: { decision: 'noted' } },

  // open data; nothing was prepared that could be decided
  'GET /staff/open-data': { may: TENDS_OPEN_DATA },
  'POST /staff/open-data/releases': { may: TENDS_OPEN_DATA, sends: { what: 'complaints~2020-Q1' } },
  'POST /staff/open-data/releases/:releaseId/approve': { may: [], place: { ':releaseId': ID } },
  'POST /staff/open-data/releases/:releaseId/withdraw': { may: [], place: { ':releaseId': ID } },

  // rules
  'GET /staff/rules': { may: SYSTEM_LEAD },
  'GET /staff/rules/:version': { may: SYSTEM_LEAD, place: { ':version': '2026-11-22' } },
  'POST /staff/rules/:version/approve': {
    may: SYSTEM_LEAD,
    place: { ':version': '2026-11-22' },
    sends: { from: '2026-12-24', sha256: '0'.repeat(64) },
  },
  'POST /staff/rules/:version/propose': {
    may: SYSTEM_LEAD,
    place: { ':version': '2026-11-22' },
    sends: { from: '2026-12-24' },
  },

  // keys of agencies
  'GET /staff/keys': { may: 'signed in' },
  'GET /staff/keys/kits': { may: 'signed in' },
  'POST /staff/api/recovery-keys': {
    may: KEY_HOLDERS,
    sends: { kid: BYTES, jwk, purpose: 'complaints', test: { id: ID, commit: BYTES, jwe } },
  },
  // nobody has made the keys that these name
  'POST /staff/api/recovery-keys/:kid/proofs': {
    may: [],
    place: { ':kid': BYTES },
    sends: { proofs: [{ statement: 'AA.AA.AA' }] },
  },
  'POST /staff/api/recovery-grants': { may: [], sends: { kid: BYTES, jwe } },
  'POST /staff/api/keys/holdings': { may: [], sends: { kid: BYTES, statement: 'AA.AA.AA' } },
  'POST /staff/keys/open': { may: KEY_OPENERS },
  'POST /staff/keys/close': { may: KEY_OPENERS },
  'GET /staff/api/keys': { may: 'signed in' },
  'GET /staff/api/keys/grants': { may: 'signed in' },
  'GET /staff/api/keys/recipients': { may: KEY_HOLDERS },
  'POST /staff/api/keys': {
    may: KEY_HOLDERS,
    sends: { kid: BYTES, jwk, grants: [{ staffId: ID, jwe }] },
  },
  'GET /staff/keys/drill': { may: 'signed in' },
  'GET /staff/keys/recovery': { may: 'signed in' },
  'GET /staff/api/recovery-keys/:kid/test': { may: [], place: { ':kid': BYTES } },
  'POST /staff/api/recovery-keys/:kid/drills': {
    may: [],
    place: { ':kid': BYTES },
    sends: { statement: 'AA.AA.AA', opened: BYTES, test: { id: ID, commit: BYTES, jwe } },
  },
  'POST /staff/api/recoveries': { may: [], sends: { kid: BYTES, statement: 'AA.AA.AA' } },
  'GET /staff/api/recoveries/:id': { may: [], place: { ':id': ID } },
  'POST /staff/api/recoveries/:id/confirmation': { may: [], place: { ':id': ID }, sends: { statement: 'AA.AA.AA' } },
  'POST /staff/api/recoveries/:id/agency-grants': {
    may: [],
    place: { ':id': ID },
    sends: { grants: [{ kid: BYTES, staffId: ID, jwe }] },
  },
  'GET /staff/api/recoveries/:id/disclosures': { may: [], place: { ':id': ID } },
  'POST /staff/api/recoveries/:id/disclosures/:caseId': {
    may: [],
    place: { ':id': ID, ':caseId': ID },
    sends: { grants: grants.map((one) => ({ ...one, held: BYTES })) },
  },
  // nobody has opened the key that it names
  'POST /staff/api/keys/:kid/renewal': {
    may: [],
    place: { ':kid': BYTES },
    sends: { kid: BYTES, jwk, grants: [{ staffId: ID, jwe }] },
  },
  // nobody holds the key that it names, and only who holds one grants it
  'POST /staff/api/keys/grants': { may: [], sends: { kid: BYTES, staffId: ID, jwe } },
  'POST /staff/api/keys/grants/renewal': { may: [], sends: { kid: BYTES, jwe } },

  // administrators and the operator
  'GET /staff/people': { may: ADMINS },
  'GET /staff/people/:staffId/leave': { may: ['admin@msd', 'lead@msd'] },
  'POST /staff/people/:staffId/leave': { may: ['admin@msd', 'lead@msd'], last: true },
  'POST /staff/people/invite': { may: ['admin@msd'], sends: { agencyId: 'msd', roles: 'officer' } },
  'GET /staff/people/:staffId/roles': { may: ['admin@msd'] },
  'POST /staff/people/:staffId/roles': { may: ['admin@msd'], sends: { roles: 'officer' } },
  // none of the scene's people there is a disclosure officer but the one who is
  'POST /staff/people/:staffId/published-name': { may: [], sends: { publishedAs: '' } },
  'GET /staff/role-changes': { may: ADMINS },
  // who asked for it is the only administrator there
  'POST /staff/role-changes/:id/approve': { may: [] },
  'POST /staff/role-changes/:id/refuse': { may: ['admin@msd'] },
  'POST /staff/asked-invitations/:id/approve': { may: [] },
  'POST /staff/asked-invitations/:id/refuse': { may: ['admin@msd'] },
  'GET /staff/delegations': { may: everywhere('lead', 'admin') },
  'POST /staff/delegations': { may: everywhere('lead'), sends: { toId: ID, untilDay: '2026-12-24' } },
  'POST /staff/delegations/:id/end': { may: ['lead@msd', 'admin@msd'] },
  'POST /staff/people/connect': { may: OPERATOR, sends: { id: 'acc', noticeEmail: '' } },
  'GET /staff/webhook': { may: ADMINS },
  'POST /staff/webhook': { may: ADMINS, sends: { url: 'https://example.test/' } },
  'POST /staff/webhook/remove': { may: ADMINS },
  'POST /staff/webhook/test': { may: ADMINS },
  'GET /staff/work': { may: OPERATOR },
  'GET /staff/work/dead-letters': { may: OPERATOR },
  'POST /staff/work/audit-alarm/acknowledge': { may: OPERATOR },
  'POST /staff/work/:queue/pause': { may: OPERATOR, place: { ':queue': 'routing' } },
  'POST /staff/work/:queue/resume': { may: OPERATOR, place: { ':queue': 'routing' } },
  'POST /staff/work/dead-letters/:id/replay': { may: OPERATOR },

  // the very last: nobody is signed in afterwards
  'POST /staff/sign-out': { may: 'signed in', last: true },
};

import { someone } from '../../test/staff/role-sets.js';
import { provePolicies, type Situation } from '../../test/staff/policy-matrix.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { mayCorrect } from './correct-routing.js';
import {
  mayAcknowledge,
  mayAssign,
  mayClose,
  mayExportRegister,
  mayLink,
  mayList,
  mayNote,
  mayRead,
  mayRefer,
  mayReopen,
  mayReply,
  maySplit,
  type CaseReader,
  type CaseStanding,
} from './case.policy.js';
import { mayLift, mayRecuse, maySeeWalls, mayWall } from './walls/wall.policy.js';

/* Who holds a case, and whether it was theirs before, is asked by no policy: an agency that had it has it no more. */
const RELATION = {
  path: ['complaint', 'disclosure'],
  place: ['here', 'was here', 'elsewhere'],
  grant: ['granted', 'not granted'],
  wall: ['let in', 'recused', 'named in it'],
} as const;

type Relation = Situation<typeof RELATION>;

const AGENCIES = { here: 'here', 'was here': 'before', elsewhere: 'elsewhere' } as const;

function reader({ roles, is }: Relation): CaseReader {
  return {
    person: someone(roles, AGENCIES[is.place], 'me'),
    granted: is.grant === 'granted',
    walled: is.wall !== 'let in',
  };
}

const standing = ({ is }: Relation): CaseStanding => ({ path: is.path, agencyId: 'here' });
const asks =
  (may: (reader: CaseReader, standing: CaseStanding) => boolean) =>
  (relation: Relation): boolean =>
    may(reader(relation), standing(relation));

const READS = 'officer lead triage: complaint, here, let in or disclosure_officer: disclosure, here, granted, let in';
const SETTLES = 'officer lead: complaint, here, let in or disclosure_officer: disclosure, here, granted, let in';

provePolicies('a case', RELATION, {
  'list those of its path': [
    (relation) => mayList(reader(relation).person, relation.is.path),
    'officer lead triage: complaint or disclosure_officer: disclosure',
  ],
  'take out the register of complaints': [(relation) => mayExportRegister(reader(relation).person), 'officer lead'],
  read: [asks(mayRead), READS],
  acknowledge: [asks(mayAcknowledge), READS],
  reply: [asks(mayReply), READS],
  'write a note': [asks(mayNote), READS],
  refer: [asks(mayRefer), READS],
  link: [asks(mayLink), READS],
  close: [asks(mayClose), SETTLES],
  'take up again': [asks(mayReopen), SETTLES],
  split: [asks(maySplit), SETTLES],
  'say where it should have gone': [asks(mayCorrect), 'officer lead triage: complaint, here, let in'],
  'step back': [asks(mayRecuse), READS],
  'see who is kept out': [asks(maySeeWalls), READS],
});

/* Giving a case takes two: who gives it, and who gets it. The one is let in for certain where the other is looked at. */
const insider = (path: CaseStanding['path']): CaseReader => ({
  person: someone([path === 'complaint' ? 'officer' : 'disclosure_officer'], 'here', 'insider'),
  granted: true,
  walled: false,
});

provePolicies('giving a case', RELATION, {
  'by somebody': [(relation) => mayAssign(reader(relation), standing(relation), insider(relation.is.path)), READS],
  'to somebody': [(relation) => mayAssign(insider(relation.is.path), standing(relation), reader(relation)), READS],
  'by somebody to an administrator': [
    (relation) =>
      mayAssign(reader(relation), standing(relation), { ...insider('complaint'), person: someone(['admin'], 'here') }),
    'nobody',
  ],
});

const COLLEAGUE = {
  ...RELATION,
  // Who set the wall that is looked at, and before whom it stands.
  setBy: ['set by me', 'set by another'],
  before: ['before a colleague', 'before me', 'before somebody else’s'],
} as const;

type BesideAWall = Situation<typeof COLLEAGUE>;

function behind({ is }: BesideAWall): Pick<StaffActor, 'staffId' | 'agencyId'> {
  const agencyId = is.before === 'before somebody else’s' ? 'quite elsewhere' : AGENCIES[is.place];
  return { staffId: is.before === 'before me' ? 'me' : 'colleague', agencyId };
}

provePolicies('a wall', COLLEAGUE, {
  set: [
    (relation) => mayWall(reader(relation), standing(relation), behind(relation)),
    'officer lead triage: complaint, here, let in, before a colleague or ' +
      'disclosure_officer: disclosure, here, granted, let in, before a colleague',
  ],
  lift: [
    (relation) =>
      mayLift(reader(relation), standing(relation), {
        ...behind(relation),
        setBy: relation.is.setBy === 'set by me' ? 'me' : 'another',
      }),
    'lead: complaint, here, let in, before a colleague or ' +
      'disclosure_officer: disclosure, here, granted, let in, before a colleague, set by another',
  ],
});

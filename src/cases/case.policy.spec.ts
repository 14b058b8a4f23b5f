import { describe, expect, it } from '@jest/globals';
import { holds, ROLE_SETS, someone } from '../../test/staff/role-sets.js';
import type { CasePath } from './case.entity.js';
import {
  mayAcknowledge,
  mayAssign,
  mayClose,
  mayList,
  mayNote,
  mayRead,
  mayReopen,
  mayReply,
  maySplit,
  type CaseReader,
} from './case.policy.js';

const PATHS: readonly CasePath[] = ['complaint', 'disclosure'];

/** Every person in every relation to a case of the agency `here`. */
const READERS: readonly CaseReader[] = ROLE_SETS.flatMap((roles) =>
  ['here', 'elsewhere'].flatMap((agencyId) =>
    [true, false].flatMap((granted) =>
      [true, false].map((walled) => ({ person: someone(roles, agencyId), granted, walled })),
    ),
  ),
);

/** Who settles one: all whom it lets in, but of a complaint not those who do triage and are nothing else. */
function settles(reader: CaseReader, path: CasePath): boolean {
  return isLetIn(reader, path) && (path === 'disclosure' || holds(reader.person.roles, 'lead', 'officer'));
}

/** The rule once more, in other words: who is let in, and nobody else. */
function isLetIn({ person: { roles, agencyId }, granted, walled }: CaseReader, path: CasePath): boolean {
  if (agencyId !== 'here' || walled) return false;
  return path === 'complaint'
    ? holds(roles, 'officer', 'lead', 'triage')
    : granted && holds(roles, 'disclosure_officer');
}

const named = ({ person: { roles, agencyId }, granted, walled }: CaseReader): string =>
  `${roles.join('+') || 'no role'}, ${agencyId}, ${granted ? 'granted' : 'not granted'}, ${walled ? 'kept out' : ''}`;

describe.each(PATHS)('a %s', (path) => {
  const standing = { path, agencyId: 'here' };
  const acts = { read: mayRead, acknowledge: mayAcknowledge, reply: mayReply, note: mayNote };

  it.each(Object.entries(acts))('lets those %s it who may, and nobody else', (_, may) => {
    const wrong = READERS.filter((reader) => may(reader, standing) !== isLetIn(reader, path));
    expect(wrong.map(named)).toEqual([]);
    expect(READERS.some((reader) => may(reader, standing))).toBe(true);
  });

  it.each(Object.entries({ close: mayClose, reopen: mayReopen, split: maySplit }))(
    'lets those %s it who settle cases',
    (_, may) => {
      const wrong = READERS.filter((reader) => may(reader, standing) !== settles(reader, path));
      expect(wrong.map(named)).toEqual([]);
    },
  );

  it('is assigned by one who may read it to one who may read it, and not otherwise', () => {
    // Each who is let in, and each relation of everybody with one role or two: every pair of all would be sixteen million.
    const some = READERS.filter((reader) => isLetIn(reader, path) || reader.person.roles.length < 3);
    const wrong = some.flatMap((by) =>
      some
        .filter((to) => mayAssign(by, standing, to) !== (isLetIn(by, path) && isLetIn(to, path)))
        .map((to) => `${named(by)} to ${named(to)}`),
    );
    expect(wrong).toEqual([]);
  });

  it('is in a list that only those have who could be let in', () => {
    for (const roles of ROLE_SETS) {
      const person = someone(roles, 'here');
      expect([roles, mayList(person, path)]).toEqual([roles, isLetIn({ person, granted: true, walled: false }, path)]);
    }
  });
});

import { describe, expect, it } from '@jest/globals';
import { ROLES, type Role } from '../staff/roles.js';
import type { StaffActor } from '../staff/staff-actor.js';
import type { CasePath } from './case.entity.js';
import { mayAcknowledge, mayAssign, mayList, mayNote, mayRead, mayReply, type CaseReader } from './case.policy.js';

const PATHS: readonly CasePath[] = ['complaint', 'disclosure'];

/** Every set of roles, those that may not be held together among them. */
const ROLE_SETS: readonly (readonly Role[])[] = Array.from({ length: 2 ** ROLES.length }, (_, bits) =>
  ROLES.filter((_role, at) => (bits >> at) % 2 === 1),
);

const person = (roles: readonly Role[], agencyId: string): StaffActor => ({
  kind: 'staff',
  staffId: crypto.randomUUID(),
  agencyId,
  roles,
  displayName: 'Somebody',
});

/** Every person in every relation to a case of the agency `here`. */
const READERS: readonly CaseReader[] = ROLE_SETS.flatMap((roles) =>
  ['here', 'elsewhere'].flatMap((agencyId) =>
    [true, false].map((granted) => ({ person: person(roles, agencyId), granted })),
  ),
);

/** The rule once more, in other words: who is let in, and nobody else. */
function isLetIn({ person: { roles, agencyId }, granted }: CaseReader, path: CasePath): boolean {
  if (agencyId !== 'here' || roles.includes('admin')) return false;
  if (path === 'complaint') return roles.some((role) => role === 'officer' || role === 'lead');
  return granted && roles.includes('disclosure_officer');
}

const named = ({ person: { roles, agencyId }, granted }: CaseReader): string =>
  `${roles.join('+') || 'no role'}, ${agencyId}, ${granted ? 'granted' : 'not granted'}`;

describe.each(PATHS)('a %s', (path) => {
  const standing = { path, agencyId: 'here' };
  const acts = { read: mayRead, acknowledge: mayAcknowledge, reply: mayReply, note: mayNote };

  it.each(Object.entries(acts))('lets those %s it who may, and nobody else', (_, may) => {
    const wrong = READERS.filter((reader) => may(reader, standing) !== isLetIn(reader, path));
    expect(wrong.map(named)).toEqual([]);
    expect(READERS.some((reader) => may(reader, standing))).toBe(true);
  });

  it('is assigned by one who may read it to one who may read it, and not otherwise', () => {
    const wrong = READERS.flatMap((by) =>
      READERS.filter((to) => mayAssign(by, standing, to) !== (isLetIn(by, path) && isLetIn(to, path))).map(
        (to) => `${named(by)} to ${named(to)}`,
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('is in a list that only those have who could be let in', () => {
    for (const roles of ROLE_SETS) {
      const someone = person(roles, 'here');
      expect([roles, mayList(someone, path)]).toEqual([roles, isLetIn({ person: someone, granted: true }, path)]);
    }
  });
});

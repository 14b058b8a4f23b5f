import type { INestApplicationContext } from '@nestjs/common';
import { AgenciesService } from '../../src/agencies/agencies.service.js';
import { AgencyKeysService } from '../../src/agencies/agency-keys.service.js';
import { confirmGrants, makeKits } from '../../src/demo/hold-ceremony.js';
import { enrol, type Person } from '../../src/demo/open-agency.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { grantAgencyKey } from '../../src/vault/agency-keys.js';
import type { MadeKey } from '../../src/vault/keys.js';

/** Opens an agency by its people's own verbs, with a complaints key made before. */
export async function openBenchAgency(
  app: INestApplicationContext,
  id: string,
  { kid, jwk, privateJwk }: MadeKey,
): Promise<EnrolledStaffMember> {
  const agencies = app.get(AgenciesService);
  await agencies.connect({ kind: 'system', name: 'demonstration' }, { id, noticeEmail: `inbox@${id}.localhost` });
  const first = await enrol(app, id, person('one'));
  const second = await enrol(app, id, person('two'));
  await makeKits(app, [first, second]);
  const keys = app.get(AgencyKeysService);
  const { people, recovery } = await keys.recipients(first.actor);
  if (!recovery) throw new Error('The kit is not proven.');
  const grants = people.map(async ({ staffId, agreement }) => ({
    staffId,
    jwe: await grantAgencyKey({ privateJwk, reader: agreement }),
  }));
  const onPaper = { kid: recovery.kid, jwe: await grantAgencyKey({ privateJwk, reader: recovery }) };
  await keys.makeKey(first.actor, { kid, jwk, grants: await Promise.all(grants), recovery: onPaper });
  for (const one of [first, second]) await confirmGrants(app, one);
  await agencies.openForIntake(first.actor);
  return first;
}

function person(name: string): Person {
  return {
    displayName: `Officer ${name}`,
    username: `officer.${name}`,
    passphrase: `correct horse battery staple ${name}`,
    roles: ['officer', 'disclosure_officer'],
  };
}

import type { INestApplicationContext } from '@nestjs/common';
import { AgenciesService } from '../agencies/agencies.service.js';
import { Enrolment } from '../staff/enrolment.js';
import { enrolStaffMember, type EnrolledStaffMember } from '../staff/enrol-staff-member.js';
import { Invitations } from '../staff/invitations.js';
import type { SaltedPassphrase } from '../staff/make-personal-keys.js';
import type { Role } from '../staff/roles.js';
import { holdCeremony } from './hold-ceremony.js';

const DEMONSTRATION = { kind: 'system', name: 'demonstration' } as const;

/** A person to enrol. */
export interface Person {
  readonly displayName: string;
  readonly username: string;
  readonly passphrase: string;
  /** The same passphrase, where it was stretched before. */
  readonly salted?: SaltedPassphrase;
  readonly roles: readonly Role[];
}

/** Enrols one person as the joining page would, with real keys. */
export async function enrol(
  app: INestApplicationContext,
  agencyId: string,
  { roles, ...person }: Person,
): Promise<EnrolledStaffMember> {
  const { token } = await app.get(Invitations).invite(DEMONSTRATION, { agencyId, roles });
  return enrolStaffMember(app.get(Enrolment), { ...person, token });
}

/**
 * Opens an agency for intake through the same verbs as its people would: connect, enrol, hold the key ceremony, open.
 * The first person makes the keys for all.
 *
 * @param people at least two officers, two of whom are trusted with disclosures
 */
export async function openAgency(
  app: INestApplicationContext,
  agency: { readonly id: string; readonly noticeEmail: string },
  people: readonly Person[],
): Promise<EnrolledStaffMember[]> {
  await app.get(AgenciesService).connect(DEMONSTRATION, agency);
  const enrolled: EnrolledStaffMember[] = [];
  for (const person of people) enrolled.push(await enrol(app, agency.id, person));
  const [first] = enrolled;
  if (!first) throw new TypeError('An agency needs people.');
  await holdCeremony(app, enrolled);
  await app.get(AgenciesService).openForIntake(first.actor);
  return enrolled;
}

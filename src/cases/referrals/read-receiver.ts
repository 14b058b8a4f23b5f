import type { EntityManager } from 'typeorm';
import { allReaders } from '../../agencies/readers.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { Invalid, NotFound } from '../../web/errors.js';
import { caseFor } from '../case-access.js';
import { CaseEpoch } from '../case-epoch.entity.js';
import type { Case, CasePath } from '../case.entity.js';
import { mayRefer } from '../case.policy.js';
import type { ReferralWorld } from './referral-world.js';
import { readersAt } from './referral-readers.js';
import type { ReferralReceiver } from './sealed-referral.js';

/** An agency that a case could be handed to. */
export interface Receiver {
  readonly id: string;
  readonly name: string;
}

/**
 * The agencies that a case could be handed to: those whose door is open and who could read it, but not the one that has it.
 *
 * @throws {NotFound} also to those who may not know of the case
 */
export async function receiversOf(
  manager: EntityManager,
  actor: StaffActor,
  caseId: string,
  world: ReferralWorld,
): Promise<readonly Receiver[]> {
  const found = await caseFor(manager, actor, caseId, mayRefer);
  return (await openAgencies(manager, found.path, world)).filter(({ id }) => id !== found.agencyId);
}

/** The agencies whose door is open for a path, by name. The triage desk receives no disclosure from another agency. */
export async function openAgencies(
  manager: EntityManager,
  path: CasePath,
  { directory, triageAgency }: ReferralWorld,
): Promise<Receiver[]> {
  const all = await allReaders(manager);
  return [...all]
    .filter(([id, { open, readers }]) => {
      const there = path === 'complaint' ? readers.complaints : readers.disclosures;
      return open && there.length > 0 && !(path === 'disclosure' && id === triageAgency);
    })
    .map(([id]) => ({ id, name: directory.nameOf(id) }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/**
 * What the sender's browser must know of a receiver before it seals.
 *
 * @throws {NotFound} also to those who may not know of the case, and where the agency could not receive it
 */
export async function readReceiver(
  manager: EntityManager,
  actor: StaffActor,
  caseId: string,
  agencyId: string,
  world: ReferralWorld,
): Promise<ReferralReceiver> {
  const found = await caseFor(manager, actor, caseId, mayRefer);
  const readers = await readersToReceive(manager, found, agencyId, world);
  if (!readers) throw new NotFound();
  const newest = await newestNoteEpoch(manager, found.id);
  return {
    agency: { id: agencyId, name: world.directory.nameOf(agencyId) },
    readers,
    number: (newest?.epoch ?? 0) + 1,
    previous: newest?.record ?? null,
  };
}

/** @throws {Invalid} where the agency could not receive the case: its door is closed, or it has the case */
export async function requireReceiver(
  manager: EntityManager,
  found: Case,
  agencyId: string,
  world: ReferralWorld,
): Promise<ReferralReceiver['readers']> {
  const readers = await readersToReceive(manager, found, agencyId, world);
  if (readers) return readers;
  throw new Invalid([{ field: 'to', code: 'not_one_of', message: 'Choose an agency that takes cases here.' }]);
}

/** The newest epoch under which a note about handing the case on was sealed. */
function newestNoteEpoch(manager: EntityManager, caseId: string): Promise<CaseEpoch | null> {
  return manager.findOne(CaseEpoch, { where: { caseId, key: 'referral' }, order: { epoch: 'DESC' } });
}

async function readersToReceive(
  manager: EntityManager,
  found: Case,
  agencyId: string,
  { triageAgency }: ReferralWorld,
): Promise<ReferralReceiver['readers'] | null> {
  if (agencyId === found.agencyId || (found.path === 'disclosure' && agencyId === triageAgency)) return null;
  const { open, readers } = await readersAt(manager, agencyId, found);
  return open && readers.length > 0 ? readers : null;
}

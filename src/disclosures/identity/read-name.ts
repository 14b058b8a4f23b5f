import type { EntityManager } from 'typeorm';
import { append } from '../../audit/audit.js';
import { caseFor, lockedCaseFor } from '../../cases/case-access.js';
import type { Case } from '../../cases/case.entity.js';
import { mayRead } from '../../cases/case.policy.js';
import { mailboxOf } from '../../cases/mailbox-of-case.js';
import type { StoredItem } from '../../cases/sealed-case.js';
import { epochsOf, grantsTo, kidsOf, signingKeysOf, STORED_ITEMS } from '../../cases/sealed-parts.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { mayReadDisclosures } from '../../staff/staff.policy.js';
import { readPublicJwk } from '../../vault/keys.js';
import { NotFound } from '../../web/errors.js';
import { mayKeep, mayOpenName, type NameStanding } from './identity.policy.js';
import { nameStanding } from './name-standing.js';
import type { SealedName } from './sealed-name.js';

/** A disclosure that somebody reads, and how they stand to its name. */
export interface NamedDisclosure {
  readonly found: Case;
  readonly standing: NameStanding;
}

/**
 * A disclosure for a change by who keeps its name, its row locked.
 *
 * @throws {NotFound} where there is none, where no name was given, and where this person may not: nothing tells them apart
 */
export async function lockedNameFor(manager: EntityManager, actor: StaffActor, id: string): Promise<NamedDisclosure> {
  return named(manager, actor, await lockedCaseFor(manager, actor, id, mayRead), mayKeep);
}

/**
 * A disclosure in which a name was given, for a change by anybody who reads it, its row locked.
 *
 * @throws {NotFound} where there is none, where no name was given, and where this person may not read it
 */
export async function lockedNamedFor(manager: EntityManager, actor: StaffActor, id: string): Promise<NamedDisclosure> {
  return named(manager, actor, await lockedCaseFor(manager, actor, id, mayRead), mayReadDisclosures);
}

async function named(
  manager: EntityManager,
  actor: StaffActor,
  found: Case,
  may: (actor: StaffActor, standing: NameStanding) => boolean,
): Promise<NamedDisclosure> {
  const standing = found.path === 'disclosure' ? await nameStanding(manager, actor, found.id) : null;
  if (!standing || !may(actor, standing)) throw new NotFound();
  return { found, standing };
}

/**
 * Hands out who wrote a disclosure, sealed, to who keeps the name or to whom it was released. Each time is recorded, by its day.
 *
 * @throws {NotFound} to everybody else
 */
export async function readName(manager: EntityManager, actor: StaffActor, id: string): Promise<SealedName> {
  const { found } = await named(manager, actor, await caseFor(manager, actor, id, mayRead), mayOpenName);
  const mailbox = await mailboxOf(manager, found.id);
  const epochs = await epochsOf(manager, found.id, ['identity']);
  const grants = await grantsTo(manager, found.id, await kidsOf(manager, actor, found.path));
  const items = await manager.query<StoredItem[]>(
    `${STORED_ITEMS} WHERE i.case_id = $1 AND i.key = 'identity' ORDER BY i.position`,
    [found.id],
  );
  await append(manager, { action: 'case.identity_read', actor, caseId: found.id, dayOnly: true });
  return {
    id: found.id,
    mailbox: { signing: readPublicJwk(mailbox.signingJwk), agreement: readPublicJwk(mailbox.agreementJwk) },
    staffSigning: await signingKeysOf(manager, found.id, epochs),
    epochs,
    consents: [],
    grants: grants.filter(({ key }) => key === 'identity'),
    items,
  };
}

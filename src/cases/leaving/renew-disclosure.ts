import type { EntityManager } from 'typeorm';
import { append } from '../../audit/audit.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { readPublicJwk, thumbprint } from '../../vault/keys.js';
import { Conflict, NotFound } from '../../web/errors.js';
import { requireOpen } from '../add-item.js';
import { storeEpoch } from '../begin-epoch.js';
import { lockedCaseFor, timeKept } from '../case-access.js';
import { mayRead } from '../case.policy.js';
import { deskReaders } from '../desk-readers.js';
import { mailboxOf } from '../mailbox-of-case.js';
import { kidsOf } from '../sealed-parts.js';
import type { NewEpoch } from '../sealed-case.js';

/**
 * Begins the next epoch of a disclosure's key, for those who read it now and the person: whoever has left, or is kept out
 * of it, opens nothing that comes from then on.
 *
 * @throws {NotFound} also to those who may not know of the case, and of a complaint, whose key is the agency's
 * @throws {Conflict} `not_named`, where the new key would shut its maker out; `readers_changed`, `epoch_closed`,
 *   `case_closed`: the browser looks again
 * @throws {Invalid} when record or grants are not what they must be
 */
export async function renewDisclosure(
  manager: EntityManager,
  actor: StaffActor,
  id: string,
  sent: NewEpoch,
): Promise<void> {
  const found = await lockedCaseFor(manager, actor, id, mayRead);
  if (found.path !== 'disclosure') throw new NotFound();
  requireOpen(found);
  const { agreementJwk } = await mailboxOf(manager, found.id);
  const person = await thumbprint(readPublicJwk(agreementJwk));
  const staying = (await deskReaders(manager, found)).map(({ kid }) => kid);
  const own = await kidsOf(manager, actor, found.path);
  if (!own.some((kid) => staying.includes(kid))) {
    throw new Conflict(
      'not_named',
      'The person did not name you, and you did not join later. Somebody else begins the new key.',
    );
  }
  const readers = [...staying, person];
  await storeEpoch(manager, actor, found, { key: 'case', readers, field: 'epoch' }, sent);
  await append(manager, { action: 'case.epoch_begun', actor, caseId: found.id, ...timeKept(found) });
}

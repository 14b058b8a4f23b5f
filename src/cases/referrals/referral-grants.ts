import type { EntityManager } from 'typeorm';
import type { Share } from '../../vault/consent.js';
import { Conflict, Invalid } from '../../web/errors.js';
import { epochClosed, wrapGrants } from '../begin-epoch.js';
import type { Case } from '../case.entity.js';
import { askedShare } from './referral-agreed.js';
import { ReferralGrant } from './referral-grant.entity.js';
import type { Referral } from './referral.entity.js';
import type { WithheldGrant } from './sealed-referral.js';

/**
 * Puts grants to the receiver aside: one of every epoch of what is asked to be shared, to each of its readers, and no
 * other. Nobody is handed them before they are released.
 *
 * @param readers kids of the receiver's readers now
 * @throws {Conflict} `readers_changed`, `epoch_closed`: the browser looks again and seals again
 * @throws {Invalid} when one is not what it must be
 */
export async function withholdGrants(
  manager: EntityManager,
  found: Case,
  referral: Referral,
  readers: readonly string[],
  grants: readonly WithheldGrant[],
): Promise<void> {
  const epochs = await manager.query<{ key: WithheldGrant['key']; epoch: number }[]>(
    `SELECT key, epoch FROM case_epochs WHERE case_id = $1 AND key = ANY ($2)`,
    [found.id, askedShare(referral)],
  );
  const wanted = new Set(epochs.flatMap((epoch) => readers.map((reader) => place({ ...epoch, reader }))));
  const known = new Set(readers);
  if (grants.some(({ reader }) => !known.has(reader))) {
    throw new Conflict('readers_changed', 'Those who read at the receiver have changed meanwhile. Send it again.');
  }
  const sent = new Set(grants.map(place));
  if (sent.size !== grants.length || grants.some((grant) => !wanted.has(place(grant)))) throw notThese();
  if (sent.size !== wanted.size) throw epochClosed();
  const wrapped = await wrapGrants(manager, found, grants, 'grants');
  await manager.insert(
    ReferralGrant,
    wrapped.map(({ key, epoch, reader, wrapped: bytes }) => ({
      referralId: referral.id,
      key,
      epoch,
      reader,
      wrapped: bytes,
    })),
  );
}

/**
 * Whether the grants of a referral, withheld or released, still open all that may be shared to exactly these readers. They
 * do not once a key was rotated, somebody joined or left, or a new epoch of the case came.
 */
export async function grantsFit(
  manager: EntityManager,
  { id, caseId }: Referral,
  readers: readonly string[],
  share: Share,
): Promise<boolean> {
  if (readers.length === 0) return false;
  const [row] = await manager.query<{ fit: boolean }[]>(
    `SELECT NOT EXISTS (
              SELECT FROM case_epochs e CROSS JOIN unnest($3::text[]) AS wanted (kid)
               WHERE e.case_id = $2 AND e.key = ANY ($4)
                 AND NOT EXISTS (SELECT FROM referral_grants w WHERE w.referral_id = $1 AND w.key = e.key
                                    AND w.epoch = e.epoch AND w.reader = wanted.kid)
                 AND NOT EXISTS (SELECT FROM case_grants g WHERE g.case_id = $2 AND g.key = e.key
                                    AND g.epoch = e.epoch AND g.reader = wanted.kid))
        AND NOT EXISTS (SELECT FROM referral_grants w WHERE w.referral_id = $1 AND w.reader <> ALL ($3)) AS fit`,
    [id, caseId, readers, share],
  );
  return row?.fit === true;
}

/**
 * Releases what may be shared and deletes the rest. What stays among the withheld is what this referral has released:
 * grants that the receiver had from an earlier time are not its own, and are never called back with it.
 */
export async function releaseGrants(manager: EntityManager, { id, caseId }: Referral, share: Share): Promise<void> {
  await narrowGrants(manager, id, share);
  await manager.query(
    `DELETE FROM referral_grants w USING case_grants g
      WHERE w.referral_id = $1 AND g.case_id = $2 AND g.key = w.key AND g.epoch = w.epoch AND g.reader = w.reader`,
    [id, caseId],
  );
  await manager.query(
    `INSERT INTO case_grants (case_id, key, epoch, reader, wrapped)
     SELECT $2, key, epoch, reader, wrapped FROM referral_grants WHERE referral_id = $1`,
    [id, caseId],
  );
}

/** Deletes the withheld grants of what is not to be shared. */
export async function narrowGrants(manager: EntityManager, id: string, share: Share): Promise<void> {
  await manager.query(`DELETE FROM referral_grants WHERE referral_id = $1 AND key <> ALL ($2)`, [id, share]);
}

/** Deletes the grants of a referral that comes to nothing, and those it has released already. */
export async function dropGrants(
  manager: EntityManager,
  { id, caseId }: Referral,
  { released }: { readonly released: boolean },
): Promise<void> {
  if (released) {
    await manager.query(
      `DELETE FROM case_grants g USING referral_grants w
        WHERE w.referral_id = $1 AND g.case_id = $2 AND g.key = w.key AND g.epoch = w.epoch AND g.reader = w.reader`,
      [id, caseId],
    );
  }
  await forgetGrants(manager, id);
}

/** Forgets what was withheld: what was released of it stays with the receiver. */
export async function forgetGrants(manager: EntityManager, id: string): Promise<void> {
  await manager.delete(ReferralGrant, { referralId: id });
}

/** What the receiver is told where the grants no longer fit. */
export function grantsNoLongerFit(): Conflict {
  return new Conflict(
    'grant_again',
    'Keys have changed since this was proposed, so the sender must grant it again. They have been told.',
  );
}

function place({ key, epoch, reader }: Omit<WithheldGrant, 'jwe'>): string {
  return `${key}#${epoch.toString()}#${reader}`;
}

function notThese(): Invalid {
  return new Invalid([
    { field: 'grants', code: 'malformed', message: 'These are not the grants that were asked for.' },
  ]);
}

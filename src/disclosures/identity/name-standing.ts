import type { EntityManager } from 'typeorm';
import type { StaffActor } from '../../staff/staff-actor.js';
import { readEpochRecord } from '../../vault/epochs.js';
import type { NameStanding } from './identity.policy.js';

/**
 * How somebody stands to the name in a disclosure.
 *
 * @returns null where no name was given
 */
export async function nameStanding(
  manager: EntityManager,
  { staffId }: Pick<StaffActor, 'staffId'>,
  caseId: string,
): Promise<NameStanding | null> {
  const first = await manager.query<{ key: 'case' | 'identity'; record: string }[]>(
    `SELECT key, record FROM case_epochs WHERE case_id = $1 AND epoch = 1 AND key IN ('case', 'identity')`,
    [caseId],
  );
  const readersOf = (name: string): readonly string[] | undefined => {
    const record = first.find(({ key }) => key === name)?.record;
    return record === undefined ? undefined : readEpochRecord(record).readers;
  };
  // Signed by the person's mailbox, and never begun anew: what was so at lodging stays so, whoever came or left since.
  const [words, name] = [readersOf('case') ?? [], readersOf('identity')];
  if (!name) return null;
  const [row] = await manager.query<{ holds: boolean; released: boolean }[]>(
    `SELECT EXISTS (SELECT FROM staff_keys k JOIN case_grants g ON g.reader = k.kid AND g.case_id = $1 AND g.key = 'identity'
                     WHERE k.staff_id = $2 AND k.purpose = 'agreement' AND k.retired_at IS NULL) AS holds,
            EXISTS (SELECT FROM identity_releases r
                     WHERE r.case_id = $1 AND r.to_staff = $2 AND r.state = 'approved') AS released`,
    [caseId, staffId],
  );
  return {
    apart: words.some((reader) => !name.includes(reader)),
    holds: row?.holds === true,
    released: row?.released === true,
  };
}

import { askStaff } from '../../staff/browser/ask-staff.js';
import type { ReadersProof } from '../../vault/key-heads.js';
import { READS } from '../../vault/key-log.js';
import type { PublicKey } from '../../vault/keys.js';
import { requireLogged } from './proved-readers.js';

/**
 * Checks, before an officer seals to the readers of an agency, that their keys stand in the log for that agency.
 *
 * @throws {KeyDoubted}
 */
export async function requireLoggedAt(agency: string, readers: readonly PublicKey[]): Promise<void> {
  const { proof } = await askStaff<{ proof: ReadersProof | null }>(`/staff/api/key-log/agencies/${agency}`);
  await requireLogged({ proof, agency, uses: [...READS.complaint, ...READS.disclosure], readers });
}

import { askStaff } from '../../staff/browser/ask-staff.js';
import { KeyDoubted } from '../../vault/key-heads.js';
import { verifyColleagues, type NamedColleague, type StaffProof } from '../../vault/key-people.js';
import type { KeyId } from '../../vault/suite.js';
import type { KeyRecipients } from '../make-agency-key.js';

/**
 * Checks, before something of the agency is granted to its own people, that the keys that the server names stand for them in
 * the log of keys.
 *
 * @param own kid of the key that agrees of whoever grants
 * @param to people, and the recovery key for complaints where it is granted to as well
 * @throws {KeyDoubted}
 */
export async function requireColleagues(
  own: KeyId,
  { people, recovery }: Pick<KeyRecipients, 'people'> & Partial<KeyRecipients>,
): Promise<void> {
  const { proof } = await askStaff<{ proof: StaffProof | null }>('/staff/api/key-log');
  const pins = globalThis.onedoorKeyPins;
  if (!pins) throw new KeyDoubted('not_logged');
  const colleagues = people.map(({ staffId, agreement: { kid } }): NamedColleague => ({ staffId, kid }));
  const { readers } = await verifyColleagues({ proof, pins, own, colleagues, now: Date.now() });
  const isOnPaper = readers.some(({ use, kid }) => use === 'complaints_recovery' && kid === recovery?.kid);
  if (recovery && !isOnPaper) throw new KeyDoubted('not_logged');
}

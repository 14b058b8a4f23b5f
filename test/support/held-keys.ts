import type { DeskKeys } from '../../src/cases/open-words.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { openAgencyKey } from '../../src/vault/agency-keys.js';
import { importPrivateKey, type HeldKey } from '../../src/vault/keys.js';

/** The keys of somebody at an agency as their unlocked browser has them. */
export interface HeldKeys extends DeskKeys {
  readonly signing: HeldKey;
}

/**
 * Opens the keys of somebody at an agency.
 *
 * @param grants the agency's keys as they are sealed to this person
 */
export async function heldKeys(
  who: EnrolledStaffMember,
  grants: readonly { readonly kid: string; readonly jwe: string }[],
): Promise<HeldKeys> {
  const agreement = await importPrivateKey(who.agreement.privateJwk, 'agreement');
  const agency = new Map<string, HeldKey>();
  for (const { kid, jwe } of grants) {
    const expect = { reader: agreement.kid, sealed: kid };
    agency.set(kid, await openAgencyKey({ jwe, privateKey: agreement.privateKey, expect }));
  }
  return { agreement, agency, signing: await importPrivateKey(who.signing.privateJwk, 'signing') };
}

import type { INestApplicationContext } from '@nestjs/common';
import { AgencyKeysService } from '../agencies/agency-keys.service.js';
import { mayHoldComplaintsKey, mayMakeRecoveryKey } from '../agencies/agency.policy.js';
import { makeAgencyKey } from '../agencies/make-agency-key.js';
import { makeRecoveryKey, type RecoveryPurpose } from '../agencies/make-recovery-key.js';
import { proveShares } from '../agencies/prove-shares.js';
import { RecoveryKeysService } from '../agencies/recovery-keys.service.js';
import type { EnrolledStaffMember } from '../staff/enrol-staff-member.js';
import { openAgencyKey } from '../vault/agency-keys.js';
import { signKeyStatement } from '../vault/key-statements.js';
import { importPrivateKey } from '../vault/keys.js';

/** What stands on the sheets of the kits that were made: of each key the texts of its three shares. */
export type PrintedShares = Partial<Record<RecoveryPurpose, readonly [string, string, string]>>;

/**
 * Holds an agency's key ceremony: in Node what its people do at their browsers. Kits that are there already are left, and
 * each kind is made by the first who may.
 */
export async function holdCeremony(
  app: INestApplicationContext,
  people: readonly EnrolledStaffMember[],
): Promise<PrintedShares> {
  const printed = await makeKits(app, people);
  const holders = people.filter(({ actor }) => mayHoldComplaintsKey(actor));
  const [first] = holders;
  if (!first) throw new TypeError('Somebody must hold the key.');
  const keys = app.get(AgencyKeysService, { strict: false });
  await keys.makeKey(first.actor, await makeAgencyKey(await keys.recipients(first.actor)));
  for (const holder of holders) await confirmGrants(app, holder);
  return printed;
}

/** Makes and proves the recovery kits of an agency that are not there yet. */
export async function makeKits(
  app: INestApplicationContext,
  people: readonly EnrolledStaffMember[],
): Promise<PrintedShares> {
  const keys = app.get(AgencyKeysService, { strict: false });
  const printed: PrintedShares = {};
  for (const purpose of ['complaints', 'disclosures'] as const) {
    const maker = people.find(({ actor }) => mayMakeRecoveryKey(actor, purpose));
    if (!maker || (await keys.state(maker.actor)).recovery[purpose] !== null) continue;
    printed[purpose] = await makeKit(app, maker, purpose);
  }
  return printed;
}

async function makeKit(
  app: INestApplicationContext,
  maker: EnrolledStaffMember,
  purpose: RecoveryPurpose,
): Promise<readonly [string, string, string]> {
  const recovery = app.get(RecoveryKeysService, { strict: false });
  const { made, shares } = await makeRecoveryKey(purpose);
  await recovery.make(maker.actor, made);
  const { agencyId: agency } = maker.actor;
  const { today: day } = await app.get(AgencyKeysService, { strict: false }).state(maker.actor);
  const signer = await importPrivateKey(maker.signing.privateJwk, 'signing');
  await recovery.prove(maker.actor, made.kid, await proveShares({ typed: shares, key: made, agency, day, signer }));
  return shares;
}

/** Opens what is granted to somebody of their agency's keys, and says that it holds. */
export async function confirmGrants(app: INestApplicationContext, who: EnrolledStaffMember): Promise<void> {
  const keys = app.get(AgencyKeysService, { strict: false });
  const { privateKey, kid: reader } = await importPrivateKey(who.agreement.privateJwk, 'agreement');
  const signer = await importPrivateKey(who.signing.privateJwk, 'signing');
  const { agencyId: agency } = who.actor;
  for (const { kid, jwe, held } of await keys.ownGrants(who.actor)) {
    if (held) continue;
    await openAgencyKey({ jwe, privateKey, expect: { reader, sealed: kid } });
    const { today: day } = await keys.state(who.actor);
    const statement = await signKeyStatement({ agency, key: kid, said: 'holds', day, signer });
    await keys.confirmHolding(who.actor, { kid, statement });
  }
}

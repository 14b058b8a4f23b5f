import { regrantAgencyKey } from '../vault/agency-keys.js';
import { grantKey, openGrant, showJoining } from '../vault/grants.js';
import { readEpochRecord } from '../vault/epochs.js';
import { importPrivateKey, type PrivateJwk, type PublicKey } from '../vault/keys.js';
import { VaultError, type CaseKeyName } from '../vault/suite.js';
import type { KeyRecipient } from './make-agency-key.js';
import type { RecoveryPurpose } from './make-recovery-key.js';

// What is done with a recovery key that was put together. The same in Node and in the browser.

/** A recovery that two officers agreed to, with what is sealed to the recovery key. */
export interface RecoveryAtHand {
  readonly id: string;
  readonly purpose: RecoveryPurpose;
  readonly key: PublicKey;
  readonly to: readonly KeyRecipient[];
  /** The agency's complaints keys, sealed to the recovery key; none where it is about disclosures. */
  readonly agencyKeys: readonly { readonly kid: string; readonly jwe: string }[];
}

/** A disclosure's keys as they are sealed to the recovery key. */
export interface DisclosureOnPaper {
  readonly id: string;
  readonly epochs: readonly { readonly key: CaseKeyName; readonly epoch: number; readonly record: string }[];
  readonly grants: readonly { readonly key: CaseKeyName; readonly epoch: number; readonly jwe: string }[];
  /** Kids of those who are kept out of it, or have left. */
  readonly notTo: readonly string[];
}

/** Grants every complaints key of the agency to those who were agreed on. @throws {VaultError} */
export async function grantAgencyKeysAgain(
  { key, to, agencyKeys }: RecoveryAtHand,
  privateJwk: PrivateJwk,
): Promise<{ kid: string; staffId: string; jwe: string }[]> {
  const { privateKey } = await importPrivateKey(privateJwk, 'agreement');
  const grants = [];
  for (const { kid, jwe } of agencyKeys) {
    for (const { staffId, agreement } of to) {
      const expect = { reader: key.kid, sealed: kid };
      grants.push({ kid, staffId, jwe: await regrantAgencyKey({ jwe, privateKey, expect, reader: agreement }) });
    }
  }
  return grants;
}

/** Grants the keys of one disclosure to those who were agreed on. @throws {VaultError} where one does not open */
export async function grantDisclosureAgain(
  { key: recovery, to }: RecoveryAtHand,
  { id: caseId, epochs, grants, notTo }: DisclosureOnPaper,
  privateJwk: PrivateJwk,
): Promise<{ key: CaseKeyName; epoch: number; reader: string; jwe: string; held: string }[]> {
  const { privateKey } = await importPrivateKey(privateJwk, 'agreement');
  const readers = to.map(({ agreement }) => agreement).filter(({ kid }) => !notTo.includes(kid));
  const made = [];
  for (const { key, epoch, jwe } of grants) {
    const record = epochs.find((one) => one.key === key && one.epoch === epoch)?.record;
    if (record === undefined) throw new VaultError();
    const { commit } = readEpochRecord(record);
    const expect = { caseId, key, epoch, reader: recovery.kid, commit };
    const caseKey = await openGrant({ jwe, privateKey, expect });
    for (const reader of readers) {
      const jwe = await grantKey({ caseKey, caseId, key, epoch, reader });
      made.push({ key, epoch, reader: reader.kid, jwe, held: await showJoining(caseKey, reader.kid) });
    }
    caseKey.fill(0);
  }
  return made;
}

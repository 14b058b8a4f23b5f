import { grantKey, openGrant } from '../vault/grants.js';
import { commitOf } from '../vault/content.js';
import { encode, randomBytes } from '../vault/bytes.js';
import { importPrivateKey, makeKeyPair, type PrivateJwk, type PublicJwk, type PublicKey } from '../vault/keys.js';
import { splitPrivateKey } from '../vault/recovery-shares.js';
import type { CompactJwe } from '../vault/suite.js';

// The same in Node and in the browser.

/** What a recovery key gives back: the agency's complaints key, or its disclosures. */
export type RecoveryPurpose = 'complaints' | 'disclosures';

/** Something sealed to a recovery key: whoever can say which key was inside has put the recovery key together. */
export interface RecoveryTest {
  readonly id: string;
  readonly commit: string;
  readonly jwe: CompactJwe;
}

/** A new recovery key as it is sent to the server: public parts only. */
export interface MadeRecoveryKey {
  readonly purpose: RecoveryPurpose;
  readonly kid: string;
  readonly jwk: PublicJwk;
  readonly test: RecoveryTest;
}

/** A new recovery key with what is printed of it, which is sent nowhere. */
export interface RecoveryKit {
  readonly made: MadeRecoveryKey;
  readonly shares: readonly [string, string, string];
}

/** Makes a recovery key, and splits it for three sheets of paper. */
export async function makeRecoveryKey(purpose: RecoveryPurpose): Promise<RecoveryKit> {
  const { kid, jwk, privateJwk } = await makeKeyPair('agreement');
  const shares = await splitPrivateKey(privateJwk, { kid, jwk });
  return { made: { purpose, kid, jwk, test: await makeRecoveryTest({ kid, jwk }) }, shares };
}

/** Seals a random key to a recovery key, for the next drill. */
export async function makeRecoveryTest(reader: PublicKey): Promise<RecoveryTest> {
  const caseKey = randomBytes(32);
  const id = crypto.randomUUID();
  return {
    id,
    commit: await commitOf(caseKey),
    jwe: await grantKey({ caseKey, caseId: id, key: 'case', epoch: 1, reader }),
  };
}

/** Opens what was sealed for the drill. @returns the key inside, base64url @throws {VaultError} */
export async function passRecoveryTest(test: RecoveryTest, privateJwk: PrivateJwk): Promise<string> {
  const { kid, privateKey } = await importPrivateKey(privateJwk, 'agreement');
  const { id: caseId, commit, jwe } = test;
  return encode(await openGrant({ jwe, privateKey, expect: { caseId, key: 'case', epoch: 1, reader: kid, commit } }));
}

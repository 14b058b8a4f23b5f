import { createHash, timingSafeEqual } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { openTotp, totpStep } from './totp.js';

/** What an account keeps to tell its owner by. */
export interface ProvableAccount {
  readonly id: string;
  readonly auth_hash: Buffer;
  readonly totp_sealed: string;
}

/** What was derived from a passphrase to show that it is known, and the code of this moment. */
export interface PassphraseProof {
  readonly auth: string;
  readonly code: string;
}

/** SHA-256 of what a passphrase shows itself by, as an account keeps it. */
export function authHash(auth: string): Buffer {
  return createHash('sha256').update(auth).digest();
}

/**
 * Whether passphrase and code are right; if so the code is used up, by one statement, so that only one try gets it.
 *
 * @param account whose they are to be; made up, where nobody has the name
 * @param options.known whether the account is one; for the others the same is done for nothing
 * @param options.key opens TOTP secrets
 * @param options.at the time the code is judged by
 */
export async function usesUpProof(
  manager: EntityManager,
  account: ProvableAccount,
  proof: PassphraseProof,
  { known = true, key, at }: { readonly known?: boolean; readonly key: Uint8Array; readonly at: Date },
): Promise<boolean> {
  const passphraseRight = timingSafeEqual(account.auth_hash, authHash(proof.auth));
  const step = totpStep(await openTotp(key, account.id, account.totp_sealed), proof.code, at);
  const [used] = await manager.query<[unknown[], number]>(
    `UPDATE staff SET totp_last_step = $2 WHERE id = $1 AND totp_last_step < $2 AND $3 RETURNING id`,
    [account.id, step ?? 0, known && passphraseRight && step !== null],
  );
  return used.length === 1;
}

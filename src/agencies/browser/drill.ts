import { signKeyStatement } from '../../vault/key-statements.js';
import { readPublicKey } from '../../vault/keys.js';
import { askStaff } from '../../staff/browser/ask-staff.js';
import { goUnlock, unlockedKeys } from '../../staff/browser/session-keys.js';
import type { KeyState } from '../key-state.js';
import { makeRecoveryTest, passRecoveryTest, type RecoveryPurpose, type RecoveryTest } from '../make-recovery-key.js';
import { keyFromShares, onShares } from './two-shares.js';

/* Tries a recovery kit out: two sheets are typed, and the key opens what was sealed to it. Then it is let go. */

async function drill(form: HTMLFormElement): Promise<void> {
  const unlocked = await unlockedKeys();
  if (!unlocked) {
    goUnlock();
    return;
  }
  const { recovery, agencyId: agency, today: day } = await askStaff<KeyState>('/staff/api/keys');
  const inUse = recovery[form.dataset.drill as RecoveryPurpose];
  if (!inUse) {
    location.reload();
    return;
  }
  const key = await readPublicKey({ kid: inUse.kid, jwk: inUse.jwk });
  const privateJwk = await keyFromShares(form, key);
  const path = `/staff/api/recovery-keys/${key.kid}`;
  const opened = await passRecoveryTest(await askStaff<RecoveryTest>(`${path}/test`), privateJwk);
  const statement = await signKeyStatement({ agency, key: key.kid, said: 'drilled', day, signer: unlocked.signing });
  await askStaff(`${path}/drills`, { statement, opened, test: await makeRecoveryTest(key) });
  form.reset();
  location.reload();
}

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-drill]')) onShares(form, () => drill(form));

import { confirmHeld, openGrants, ownGrants } from '../../agencies/browser/keys.js';
import { askStaff } from '../../staff/browser/ask-staff.js';
import { goOn } from '../../staff/browser/go-on.js';
import { goUnlock, unlockedKeys, type UnlockedKeys } from '../../staff/browser/session-keys.js';
import { readAgencyGrantHeader, regrantAgencyKey } from '../../vault/agency-keys.js';
import { regrantKey } from '../../vault/grants.js';
import type { HeldKey } from '../../vault/keys.js';
import { orNull } from '../../vault/suite.js';
import { ApiProblem } from '../../web/browser/ask.js';
import { element, say } from '../../web/browser/page.js';
import type { GrantsToRenew, GrantToRenew, RenewedGrant } from '../renewal/renewal.js';

// Whatever stops this page, the next one goes on with what is still granted to the old key.

const progress = element('#progress');

async function handOver(): Promise<void> {
  const own = await unlockedKeys();
  if (!own) {
    goUnlock();
    return;
  }
  await renewAgencyKeys(own);
  const left = await renewCases(own);
  await askStaff('/staff/api/new-keys/finish', {});
  if (left > 0) {
    progress.textContent = say('left').replace('{left}', left.toString());
    element('#on').hidden = false;
    return;
  }
  goOn();
}

async function renewAgencyKeys(own: UnlockedKeys): Promise<void> {
  const reader = { kid: own.agreement.kid, jwk: own.agreement.jwk };
  for (const { kid, jwe } of await ownGrants()) {
    const old = oldKey(own, readAgencyGrantHeader(jwe).kid);
    if (!old) continue;
    const expect = { reader: old.kid, sealed: kid };
    const renewed = await orNull(regrantAgencyKey({ jwe, privateKey: old.privateKey, expect, reader }));
    if (renewed !== null) await askStaff('/staff/api/keys/grants/renewal', { kid, jwe: renewed });
  }
  const grants = await ownGrants();
  await confirmHeld(grants, await openGrants(grants, own), own);
}

/** @returns how many the old keys do not open; they stay as they are */
async function renewCases(own: UnlockedKeys): Promise<number> {
  let skip = 0;
  let done = 0;
  for (;;) {
    const { grants, left } = await askStaff<GrantsToRenew>(`/staff/api/new-keys/grants?skip=${skip.toString()}`);
    if (grants.length === 0) return skip;
    progress.textContent = say('progress')
      .replace('{done}', done.toString())
      .replace('{all}', (done + left).toString());
    const renewed = (await Promise.all(grants.map((grant) => renew(own, grant)))).filter((grant) => grant !== null);
    if (renewed.length > 0) await askStaff('/staff/api/new-keys/grants', { grants: renewed });
    done += renewed.length;
    skip += grants.length - renewed.length;
  }
}

async function renew(own: UnlockedKeys, grant: GrantToRenew): Promise<RenewedGrant | null> {
  const old = oldKey(own, grant.reader);
  if (!old) return null;
  const { caseId, key, epoch, reader: from, jwe } = grant;
  // The new key is the one that this browser has unlocked: none that a server could name.
  const reader = { kid: own.agreement.kid, jwk: own.agreement.jwk };
  const expect = { caseId, key, epoch, reader: from };
  const again = await orNull(regrantKey({ jwe, privateKey: old.privateKey, expect, reader }));
  return again && { caseId, key, epoch, from, ...again };
}

function oldKey({ earlier }: UnlockedKeys, kid: string): HeldKey | undefined {
  return earlier.find((key) => key.kid === kid);
}

handOver().catch((error: unknown) => {
  const signedOut = error instanceof ApiProblem && error.status === 401;
  progress.textContent = say(signedOut ? 'signedOut' : 'failed');
  element('#again').hidden = false;
});

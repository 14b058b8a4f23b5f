import type { MadeKey } from '../vault/keys.js';
import type { Enrolment } from './enrolment.js';
import { makePersonalKeys, saltPassphrase, type SaltedPassphrase } from './make-personal-keys.js';
import { passphraseFault } from './passphrase.js';
import type { StaffActor } from './staff-actor.js';
import { totpCode } from './totp.js';

/** A complete member of staff, with everything that otherwise only they would know. */
export interface EnrolledStaffMember {
  readonly actor: StaffActor;
  readonly username: string;
  readonly passphrase: string;
  /** Base32, as an authenticator takes it. */
  readonly totpSecret: string;
  readonly agreement: MadeKey;
  readonly signing: MadeKey;
}

// A code is good once. Enrolling with the step before leaves the code of this very moment for the first sign-in.
const TOTP_STEP_MS = 30_000;

/**
 * Does in Node what the joining page does in a browser: takes up an invitation, makes the keys, seals them under the
 * passphrase and enrols. For demonstrations, where nobody's secret is at stake.
 *
 * @throws {TypeError} when the passphrase would be refused on the page
 * @throws {NotFound} when the invitation is unknown, used or too old
 */
export async function enrolStaffMember(
  enrolment: Enrolment,
  person: {
    readonly token: string;
    readonly displayName: string;
    readonly username: string;
    readonly passphrase: string;
    /** The same passphrase, where it was stretched before: that takes a third of a second. */
    readonly salted?: SaltedPassphrase;
  },
  at: Date = new Date(Date.now() - TOTP_STEP_MS),
): Promise<EnrolledStaffMember> {
  const { token, displayName, username, passphrase } = person;
  const { offer, totpSecret, agencyId } = await enrolment.begin(token);
  const fault = passphraseFault(passphrase, username, agencyId);
  if (fault) throw new TypeError(`The passphrase cannot be used: ${fault}`);
  const { salt, auth, unlock } = person.salted ?? (await saltPassphrase(passphrase));
  const { agreement, signing } = await makePersonalKeys(unlock);
  const actor = await enrolment.finish(
    {
      token,
      offer,
      displayName,
      username,
      salt,
      auth,
      code: totpCode(totpSecret, at),
      agreement: { jwk: agreement.jwk, sealedPrivate: agreement.sealedPrivate },
      signing: { jwk: signing.jwk, sealedPrivate: signing.sealedPrivate },
    },
    at,
  );
  return { actor, username, passphrase, totpSecret, agreement: bare(agreement), signing: bare(signing) };
}

function bare({ kid, jwk, privateJwk }: MadeKey): MadeKey {
  return { kid, jwk, privateJwk };
}

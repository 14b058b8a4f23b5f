import { Enrolment, type EnrolmentOffer } from '../../src/staff/enrolment.js';
import { makePersonalKeys } from '../../src/staff/make-personal-keys.js';
import type { PasskeyQuestion } from '../../src/staff/passkeys/passkey.js';
import { wrappingKeyOf } from '../../src/vault/passkey.js';
import type { SoftPasskey, Twist } from './soft-passkey.js';
import type { StaffApp, StaffClient } from './staff-app.js';

let people = 0;

/** What the page sends for somebody who joins with this passkey. */
export async function joiningForm(
  passkey: SoftPasskey,
  { token, begun }: { readonly token: string; readonly begun: EnrolmentOffer },
  twist?: Twist,
) {
  const { agreement, signing } = await makePersonalKeys(await wrappingKeyOf(passkey.prf(begun.passkey.prfSalt)));
  return {
    token,
    offer: begun.offer,
    displayName: 'A Person',
    username: `passkey.${(++people).toString()}`,
    label: 'Blue key',
    passkey: passkey.make(begun.passkey, twist),
    agreement: { jwk: agreement.jwk, sealedPrivate: agreement.sealedPrivate },
    signing: { jwk: signing.jwk, sealedPrivate: signing.sealedPrivate },
  };
}

/** Takes up an invitation with a passkey. */
export async function joinWithPasskey(
  { app }: StaffApp,
  browser: StaffClient,
  passkey: SoftPasskey,
  token: string,
): Promise<Response> {
  const begun = await app.get(Enrolment).begin(token);
  return browser.post('/staff/api/join/passkey', await joiningForm(passkey, { token, begun }));
}

/** What a passkey is asked for signing in. */
export async function signInQuestion(browser: StaffClient): Promise<PasskeyQuestion> {
  return (await (await browser.post('/staff/api/sign-in/passkey/begin', {})).json()) as PasskeyQuestion;
}

/** What the sign-in page's script does. */
export async function signInWithPasskey(browser: StaffClient, passkey: SoftPasskey): Promise<Response> {
  return browser.post('/staff/api/sign-in/passkey', passkey.answer(await signInQuestion(browser)));
}

import { Enrolment, type EnrolmentOffer } from '../../src/staff/enrolment.js';
import { Invitations } from '../../src/staff/invitations.js';
import { makePersonalKeys } from '../../src/staff/make-personal-keys.js';
import type { PasskeyQuestion } from '../../src/staff/passkeys/passkey.js';
import type { OwnKeys } from '../../src/staff/personal-key.js';
import type { Role } from '../../src/staff/roles.js';
import { wrappingKeyOf } from '../../src/vault/passkey.js';
import { SoftPasskey, type Twist } from './soft-passkey.js';
import { StaffClient, SYSTEM, type StaffApp } from './staff-app.js';

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
async function joinWithPasskey(
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

/** Somebody of the Ombudsman's office who joined with a passkey and has signed in with it. */
export async function signedInWithPasskey(
  staff: StaffApp,
  roles: readonly Role[],
): Promise<{ browser: StaffClient; passkey: SoftPasskey }> {
  const { token } = await staff.app.get(Invitations).invite(SYSTEM, { agencyId: 'ombudsman', roles });
  const passkey = new SoftPasskey(staff.staffOrigin);
  const browser = await new StaffClient(staff.staffOrigin).begin();
  const answers = [await joinWithPasskey(staff, browser, passkey, token), await signInWithPasskey(browser, passkey)];
  const [joined, signedIn] = answers.map(({ status }) => status);
  if (joined !== 204 || signedIn !== 200) throw new Error(`Joining and signing in gave ${[joined, signedIn].join()}.`);
  return { browser, passkey };
}

/** What a browser that is signed in fetches to unlock. */
export async function ownKeys(browser: StaffClient): Promise<OwnKeys> {
  return (await (await browser.get('/staff/api/own-keys')).json()) as OwnKeys;
}

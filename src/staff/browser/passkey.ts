import { decode, encode, randomBytes } from '../../vault/bytes.js';
import { wrappingKeyOf } from '../../vault/passkey.js';
import type { Bytes } from '../../vault/suite.js';
import type { Assertion, NewPasskeyOffer, PasskeyQuestion, Registration } from '../passkeys/passkey.js';
import type { UnlockingWay } from '../personal-key.js';

// What is sent is picked here piece by piece. `toJSON` of a credential would bring along what its PRF answered, with which
// whoever gets it opens the person's keys.

/** A way in that is a passkey. */
export type PasskeyWay = Extract<UnlockingWay, { readonly kind: 'passkey' }>;

/** A passkey that answered, with what unlocks the keys that are sealed under it. */
export interface AnsweredPasskey {
  readonly way: PasskeyWay;
  readonly wrappingKey: Bytes;
  /** For the server, where it asked the question. */
  readonly assertion: Assertion;
}

/** A passkey that was made; `wrappingKey` is null where its authenticator has no PRF, so that it cannot unlock. */
export interface MadePasskey {
  readonly registration: Registration;
  readonly wrappingKey: Bytes | null;
}

/** The person closed the browser's question, or has no passkey that fits. */
export class NoPasskey extends Error {}

/** Asks for any passkey of this site, to sign in with. @throws {NoPasskey} */
export async function askPasskey({ challenge, rpId }: PasskeyQuestion): Promise<Assertion> {
  const publicKey = { challenge: decode(challenge), rpId, userVerification: 'required' } as const;
  return assertionOf(await getCredential(publicKey));
}

/**
 * Asks one of some passkeys for what unlocks. Each is asked with the salt that is its own.
 *
 * @param challenge the server's, where it is to hear of it
 * @throws {NoPasskey} also where the authenticator answers without its PRF
 */
export async function unlockWith(ways: readonly PasskeyWay[], challenge?: string): Promise<AnsweredPasskey> {
  const credential = await getCredential({
    challenge: challenge === undefined ? randomBytes(32) : decode(challenge),
    rpId: location.hostname,
    userVerification: 'required',
    allowCredentials: ways.map(({ credentialId, transports }) => descriptorOf(credentialId, transports)),
    extensions: {
      prf: { evalByCredential: Object.fromEntries(ways.map((way) => [way.credentialId, { first: decode(way.salt) }])) },
    },
  });
  const way = ways.find(({ credentialId }) => credentialId === credential.id);
  const wrappingKey = await prfOf(credential);
  if (!way || !wrappingKey) throw new NoPasskey();
  return { way, wrappingKey, assertion: assertionOf(credential) };
}

/**
 * Makes a passkey. Where its authenticator does not answer with its PRF at once, it is asked a second time.
 *
 * @param already the person's other credentials: the same authenticator is not to have two
 * @throws {NoPasskey}
 */
export async function makePasskey(
  offer: NewPasskeyOffer,
  person: { readonly username: string; readonly displayName: string },
  already: readonly string[] = [],
): Promise<MadePasskey> {
  const credential = await orNoPasskey(
    navigator.credentials.create({
      publicKey: {
        challenge: decode(offer.challenge),
        rp: { id: offer.rpId, name: 'OneDoor' },
        user: { id: decode(offer.userHandle), name: person.username, displayName: person.displayName },
        pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
        attestation: 'none',
        excludeCredentials: already.map((id) => descriptorOf(id, [])),
        extensions: { prf: { eval: { first: decode(offer.prfSalt) } } },
      },
    }),
  );
  const { response } = credential;
  if (!(response instanceof AuthenticatorAttestationResponse)) throw new NoPasskey();
  const transports = response.getTransports();
  const registration = {
    id: credential.id,
    clientDataJSON: text(response.clientDataJSON),
    attestationObject: text(response.attestationObject),
    transports,
  };
  const atOnce = await prfOf(credential);
  if (atOnce || credential.getClientExtensionResults().prf?.enabled !== true) {
    return { registration, wrappingKey: atOnce };
  }
  const itself = { id: '', label: '', kind: 'passkey', sealed: [], salt: offer.prfSalt } as const;
  const { wrappingKey } = await unlockWith([{ ...itself, credentialId: credential.id, transports }]);
  return { registration, wrappingKey };
}

function getCredential(publicKey: PublicKeyCredentialRequestOptions): Promise<PublicKeyCredential> {
  return orNoPasskey(navigator.credentials.get({ publicKey }));
}

async function orNoPasskey(asked: Promise<Credential | null>): Promise<PublicKeyCredential> {
  const credential = await asked.catch((error: unknown) => {
    if (error instanceof DOMException) throw new NoPasskey();
    throw error;
  });
  if (!(credential instanceof PublicKeyCredential)) throw new NoPasskey();
  return credential;
}

async function prfOf(credential: PublicKeyCredential): Promise<Bytes | null> {
  const first = credential.getClientExtensionResults().prf?.results?.first;
  return first instanceof ArrayBuffer ? wrappingKeyOf(new Uint8Array(first)) : null;
}

function assertionOf({ id, response }: PublicKeyCredential): Assertion {
  if (!(response instanceof AuthenticatorAssertionResponse)) throw new NoPasskey();
  return {
    id,
    clientDataJSON: text(response.clientDataJSON),
    authenticatorData: text(response.authenticatorData),
    signature: text(response.signature),
    ...(response.userHandle && { userHandle: text(response.userHandle) }),
  };
}

function descriptorOf(id: string, transports: readonly string[]): PublicKeyCredentialDescriptor {
  return { type: 'public-key', id: decode(id), transports: transports as AuthenticatorTransport[] };
}

function text(bytes: ArrayBuffer): string {
  return encode(new Uint8Array(bytes));
}

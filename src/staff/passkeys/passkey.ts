// What travels between the server and the browser about passkeys. What a PRF answers is no part of it.

/** What a passkey is asked with. */
export interface PasskeyQuestion {
  readonly challenge: string;
  readonly rpId: string;
}

/** What a new passkey is made with. */
export interface NewPasskeyOffer extends PasskeyQuestion {
  /** The person's id in bytes, base64url: what the passkey says of whose it is. */
  readonly userHandle: string;
  /** The salt its PRF is to be asked with. */
  readonly prfSalt: string;
}

/** What a passkey answers (WebAuthn Level 3, AuthenticatorAssertionResponse), base64url. */
export interface Assertion {
  readonly id: string;
  readonly clientDataJSON: string;
  readonly authenticatorData: string;
  readonly signature: string;
  readonly userHandle?: string;
}

/** A passkey as it was made (WebAuthn Level 3, AuthenticatorAttestationResponse), base64url. */
export interface Registration {
  readonly id: string;
  readonly clientDataJSON: string;
  readonly attestationObject: string;
  readonly transports: readonly string[];
}

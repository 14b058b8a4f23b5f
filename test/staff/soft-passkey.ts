import { cose, isoCBOR } from '@simplewebauthn/server/helpers';
import { createHash, createHmac, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import type { Assertion, NewPasskeyOffer, PasskeyQuestion, Registration } from '../../src/staff/passkeys/passkey.js';

const PRESENT_AND_VERIFIED = 0x05;
const WITH_CREDENTIAL = 0x40;

/** What a signature says differently from what it should, to see it refused. */
export interface Twist {
  readonly origin?: string;
  readonly rpId?: string;
  /** Bits of the authenticator data: user present 0x01, user verified 0x04. */
  readonly flags?: number;
  readonly counter?: number;
  readonly userHandle?: string;
}

/** An authenticator in Node (WebAuthn Level 3): one credential on P-256, with a PRF, for stories told through HTTP. */
export class SoftPasskey {
  readonly id = randomBytes(32).toString('base64url');
  counter = 0;
  private readonly secret = randomBytes(32);
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  private userHandle = '';

  constructor(private readonly origin: string) {}

  /** Answers the offer of a new passkey. */
  make(offer: NewPasskeyOffer, twist: Twist = {}): Registration {
    this.userHandle = offer.userHandle;
    const id = Buffer.from(this.id, 'base64url');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const credential = Buffer.concat([Buffer.alloc(16), length, id, coseOf(this.keys.publicKey)]);
    const authData = Buffer.concat([this.authenticatorData(offer, WITH_CREDENTIAL, twist), credential]);
    const attestation = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', new Uint8Array(authData)],
    ]);
    return {
      id: this.id,
      clientDataJSON: this.clientData('webauthn.create', offer, twist).toString('base64url'),
      attestationObject: Buffer.from(isoCBOR.encode(attestation as Parameters<typeof isoCBOR.encode>[0])).toString(
        'base64url',
      ),
      transports: ['internal'],
    };
  }

  /** Answers a question, and counts. */
  answer(question: PasskeyQuestion, twist: Twist = {}): Assertion {
    this.counter += 1;
    const clientData = this.clientData('webauthn.get', question, twist);
    const authenticatorData = this.authenticatorData(question, 0, twist);
    const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientData).digest()]);
    return {
      id: this.id,
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: authenticatorData.toString('base64url'),
      signature: sign('sha256', signed, this.keys.privateKey).toString('base64url'),
      userHandle: twist.userHandle ?? this.userHandle,
    };
  }

  /** What its PRF answers to a salt. */
  prf(salt: string): Uint8Array<ArrayBuffer> {
    const hashed = createHash('sha256').update('WebAuthn PRF\0').update(Buffer.from(salt, 'base64url')).digest();
    return new Uint8Array(createHmac('sha256', this.secret).update(hashed).digest());
  }

  private clientData(type: string, { challenge }: PasskeyQuestion, { origin = this.origin }: Twist): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }

  private authenticatorData(question: PasskeyQuestion, more: number, twist: Twist): Buffer {
    const { rpId = question.rpId, flags = PRESENT_AND_VERIFIED, counter = this.counter } = twist;
    const counted = Buffer.alloc(4);
    counted.writeUInt32BE(counter);
    return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([flags | more]), counted]);
  }
}

function coseOf(publicKey: KeyObject): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const key = new Map<number, number | Uint8Array<ArrayBuffer>>([
    [cose.COSEKEYS.kty, cose.COSEKTY.EC2],
    [cose.COSEKEYS.alg, cose.COSEALG.ES256],
    [cose.COSEKEYS.crv, cose.COSECRV.P256],
    [cose.COSEKEYS.x, new Uint8Array(Buffer.from(x, 'base64url'))],
    [cose.COSEKEYS.y, new Uint8Array(Buffer.from(y, 'base64url'))],
  ]);
  return Buffer.from(isoCBOR.encode(key));
}

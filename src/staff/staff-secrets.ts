import { Injectable } from '@nestjs/common';
import { hkdfSync } from 'node:crypto';
import { ServiceKeys } from '../../config/service-keys.js';

/** Keys for what accounts need, one per purpose, derived from the server's secret (HKDF, RFC 5869). */
@Injectable()
export class StaffSecrets {
  /** Seals TOTP secrets. */
  readonly totp: Uint8Array;
  /** Makes the stable false salts of names nobody has. */
  readonly salts: Uint8Array;
  /** Recognises a browser that signed in before. */
  readonly devices: Uint8Array;
  /** Names the counters of wrong tries. */
  readonly tries: Uint8Array;
  /** Marks the challenges that passkeys are asked with. */
  readonly passkeys: Uint8Array;
  /** Seals what a browser is sent to a provider for. */
  readonly errands: Uint8Array;

  constructor(keys: ServiceKeys) {
    const derive = (purpose: string): Uint8Array =>
      new Uint8Array(hkdfSync('sha256', keys.serverSecret, new Uint8Array(), `onedoor staff ${purpose}`, 32));
    this.totp = derive('totp');
    this.salts = derive('salts');
    this.devices = derive('devices');
    this.tries = derive('tries');
    this.passkeys = derive('passkeys');
    this.errands = derive('errands');
  }
}

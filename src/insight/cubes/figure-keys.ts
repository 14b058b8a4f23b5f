import { createHmac, type KeyObject } from 'node:crypto';

/* Of SHA-256, in bytes (RFC 2104, 2). */
const BLOCK = 64;

/**
 * The two secrets of cell-key noise, drawn from the service's own. Whoever has neither cannot take the noise off a figure; when
 * the service's secret is changed all is counted anew under another noise.
 */
export class FigureKeys {
  /** Key of the noise of a cell. */
  readonly cellKey: Buffer;
  /** Inner and outer pad of the key of records, with which PostgreSQL makes an HMAC out of two hashes. */
  readonly recordKeyPads: readonly [inner: Buffer, outer: Buffer];
  /** Tells one pair of keys from another, and neither of them. */
  readonly fingerprint: string;

  /** @param serverSecret the service's own 256 bits */
  constructor(serverSecret: KeyObject) {
    const derived = (purpose: string): Buffer =>
      createHmac('sha256', serverSecret).update(`onedoor figures ${purpose}`).digest();
    const recordKey = derived('record key');
    this.cellKey = derived('cell key');
    this.recordKeyPads = [padded(recordKey, 0x36), padded(recordKey, 0x5c)];
    this.fingerprint = derived('fingerprint').toString('base64url');
  }
}

function padded(key: Buffer, pad: number): Buffer {
  const block = Buffer.alloc(BLOCK, pad);
  for (const [at, byte] of key.entries()) block[at] = byte ^ pad;
  return block;
}

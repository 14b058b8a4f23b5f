import { ContentTooLong, requireThat, type Bytes } from './suite.js';

/** The only lengths, in bytes, that sealed content has: a length must not tell one story from another. */
export const PADDED_LENGTHS = [2048, 8192, 32768, 131072] as const;

const MARK = 0x80;

/** The padded length for `length` bytes, which need one byte more for the mark. @throws ContentTooLong */
export function paddedLength(length: number): number {
  const fitting = PADDED_LENGTHS.find((padded) => length < padded);
  if (fitting === undefined) throw new ContentTooLong();
  return fitting;
}

/** The bytes, one byte 0x80, and zeros to the next of {@link PADDED_LENGTHS} (ISO/IEC 7816-4). @throws ContentTooLong */
export function pad(bytes: Uint8Array): Bytes {
  const padded = new Uint8Array(paddedLength(bytes.length));
  padded.set(bytes);
  padded[bytes.length] = MARK;
  return padded;
}

/** What {@link pad} was given. @throws VaultError where these bytes are nothing that it makes. */
export function unpad(padded: Uint8Array): Bytes {
  const end = padded.findLastIndex((byte) => byte !== 0);
  requireThat(end >= 0 && padded[end] === MARK && padded.length === PADDED_LENGTHS.find((length) => end < length));
  return new Uint8Array(padded.subarray(0, end));
}

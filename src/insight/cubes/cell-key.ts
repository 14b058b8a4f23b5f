import { createHmac } from 'node:crypto';
import { PARTS, type PTable } from './p-table.js';

const KEY_BYTES = 32;

/**
 * A case's record key: fixed for its life, and known to no one who sees a figure. A cell's cases have theirs added up.
 *
 * @param key secret of 32 bytes, used for nothing else
 * @param uuid the case's id
 * @returns an integer below 2^32: the first 32 bits of HMAC-SHA256 of the id's sixteen bytes
 * @throws RangeError for another length of key, or when it is no UUID
 */
export function recordKey(key: Uint8Array, uuid: string): number {
  if (!/^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i.test(uuid))
    throw new RangeError('A case has a UUID.');
  return first32Bits(key, Buffer.from(uuid.replaceAll('-', ''), 'hex'));
}

/**
 * The count of a cell as it may leave the database: moved by noise that depends on which cases are in it and on nothing
 * else, so that asking again, or for the same cases by another way, gives the same answer.
 *
 * There is no formal guarantee: two cells whose published counts differ have different cases for certain.
 *
 * All counts from the last row on take the same steps. The row is chosen by the count; within it each threshold is
 * compared and none ends the scan, so that the time does not tell the noise. The time of the HMAC does not depend on
 * what is hashed; that of JavaScript's arithmetic is not promised by anyone.
 *
 * @param n cases in the cell, a safe integer from 0
 * @param keySum the sum of their record keys, whole or modulo 2^32
 * @param table see `pTable`
 * @param key secret of 32 bytes, used for nothing else
 * @returns cases, from 0
 * @throws RangeError for a count or sum below 0, or another length of key
 */
export function perturb(n: number, keySum: bigint, table: PTable, key: Uint8Array): number {
  if (!Number.isSafeInteger(n) || n < 0 || keySum < 0n) throw new RangeError('A cell has a count and a sum from 0.');
  const cell = Buffer.alloc(12);
  cell.writeBigUInt64BE(BigInt(n));
  cell.writeUInt32BE(Number(keySum % BigInt(PARTS)), 8);
  const random = first32Bits(key, cell);
  const row = table.rows[Math.min(n, table.rows.length - 1)] ?? [];
  let passed = 0;
  for (const threshold of row) passed += Number(random >= threshold);
  return n + passed - table.noise.most;
}

function first32Bits(key: Uint8Array, message: Uint8Array): number {
  if (key.length !== KEY_BYTES) throw new RangeError('A key of the cubes has 32 bytes.');
  return createHmac('sha256', key).update(message).digest().readUInt32BE();
}

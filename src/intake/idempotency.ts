import { compactDecrypt } from 'jose';
import { createCipheriv, createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { DIRECT } from '../vault/suite.js';
import { Conflict, Invalid } from '../web/errors.js';

/** A day from the end of the hour: the minute of the end would be the minute of a disclosure. */
const KEEP_HOURS = 25;

/** A key for a form: 192 random bits. */
export function makeIdempotencyKey(): string {
  return randomBytes(24).toString('base64url');
}

/**
 * One request that may be sent again: derived from its `Idempotency-Key` header, which never lies anywhere in clear
 * (draft-ietf-httpapi-idempotency-key-header; keys by HKDF, RFC 5869).
 */
export class IdempotentRequest {
  private readonly keyHash: Buffer;
  private readonly fingerprint: Buffer;
  private readonly answerKey: Uint8Array;

  /**
   * @param key the header: at least 128 random bits, written in 22 to 200 characters
   * @param body the parsed body
   * @throws {Invalid} when the header is missing or plainly not random
   */
  constructor(key: string | undefined, body: object) {
    if (key === undefined || !/^[\x21-\x7e]{22,200}$/.test(key) || new Set(key).size < 8) {
      throw new Invalid([
        {
          field: 'Idempotency-Key',
          code: 'idempotency_key',
          message: 'Send a header Idempotency-Key of at least 128 random bits, 22 to 200 characters long.',
        },
      ]);
    }
    this.keyHash = createHash('sha256').update(key).digest();
    const derived = new Uint8Array(hkdfSync('sha256', key, new Uint8Array(0), 'onedoor idempotency', 64));
    this.answerKey = derived.subarray(0, 32);
    this.fingerprint = createHmac('sha256', derived.subarray(32)).update(JSON.stringify(body)).digest();
  }

  /**
   * The answer given before, if this request was answered in the last day.
   *
   * @throws {Conflict} `idempotency_key_reused` when the key came with another body
   */
  async earlierAnswer<T>(manager: EntityManager): Promise<T | null> {
    const [row] = await manager.query<{ fingerprint: Buffer; answer: string; expired: boolean }[]>(
      'SELECT fingerprint, answer, expires_at <= now() AS expired FROM idempotency_keys WHERE key_hash = $1',
      [this.keyHash],
    );
    if (!row) return null;
    if (row.expired) {
      // Not swept yet; left lying, it would keep the key from being claimed again.
      await manager.query('DELETE FROM idempotency_keys WHERE key_hash = $1 AND expires_at <= now()', [this.keyHash]);
      return null;
    }
    if (!timingSafeEqual(row.fingerprint, this.fingerprint)) {
      throw new Conflict('idempotency_key_reused', 'This Idempotency-Key was used with another body. Use a new one.');
    }
    const { plaintext } = await compactDecrypt(row.answer, this.answerKey, DIRECT);
    return JSON.parse(new TextDecoder().decode(plaintext)) as T;
  }

  /**
   * Claims the key and keeps the answer, in the transaction of what is answered. A concurrent request with the same
   * key waits here for the first to commit.
   *
   * @returns false when the key was taken: nothing of this transaction may be kept
   */
  async claim(manager: EntityManager, answer: object): Promise<boolean> {
    const claimed = await manager.query<unknown[]>(
      `INSERT INTO idempotency_keys (key_hash, fingerprint, answer, expires_at)
       VALUES ($1, $2, $3, date_trunc('hour', now()) + make_interval(hours => $4)) ON CONFLICT DO NOTHING RETURNING 1`,
      [this.keyHash, this.fingerprint, seal(JSON.stringify(answer), this.answerKey), KEEP_HOURS],
    );
    return claimed.length === 1;
  }
}

const HEADER = Buffer.from('{"alg":"dir","enc":"A256GCM"}').toString('base64url');

/* Compact JWE (RFC 7516). Not by jose, whose WebCrypto goes twice through the thread pool for these few bytes. */
function seal(text: string, key: Uint8Array): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(HEADER));
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return [HEADER, '', ...[iv, ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join('.');
}

import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { compactDecrypt, CompactEncrypt } from 'jose';
import { createHash, randomBytes } from 'node:crypto';
import { Database } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import { clearCookie, readCookie, setCookie } from './cookies.js';
import { Invalid } from './errors.js';

const ID_BYTES = 16;
const KEY_BYTES = 32;
const COOKIE = /^[\w-]{64}$/;
const MOST_BYTES = 256 * 1024;

/** How long a session lives after it was last used. */
const LIFE = "interval '30 minutes'";
/** A session used again within five minutes keeps its end, so that reading does not write a trace of each page. */
const SLIDE_BELOW = "interval '25 minutes'";

interface Opened {
  readonly id: Buffer;
  readonly idHash: Buffer;
  readonly key: Buffer;
}

/**
 * Sessions whose content the database cannot read: a JWE (`dir`, `A256GCM`) under a random key held only in the cookie,
 * beside the random id of which the database has the hash. Thirty minutes after the last use there is nothing left.
 */
@Injectable()
export class SealedSessions {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
  ) {}

  /**
   * Opens the session of a request.
   *
   * @param name of the cookie, which is also what the session is for: one kept under another name does not open
   * @returns what was put, or null where there is none, it has ended, or was tampered with
   */
  async get(request: FastifyRequest, name: string): Promise<unknown> {
    const opened = parse(readCookie(request, this.settings, name));
    if (!opened) return null;
    const jwe = await this.read(opened.idHash);
    if (jwe === undefined) return null;
    try {
      const { plaintext, protectedHeader } = await compactDecrypt(jwe, opened.key, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      });
      return protectedHeader.typ === name ? (JSON.parse(Buffer.from(plaintext).toString('utf8')) as unknown) : null;
    } catch {
      return null;
    }
  }

  /**
   * Seals a value into the session of a request, beginning one where there is none.
   *
   * @param value anything that JSON can hold, up to 256 KiB
   * @throws {Invalid} when it is larger
   */
  async put(request: FastifyRequest, reply: FastifyReply, name: string, value: unknown): Promise<void> {
    const plaintext = Buffer.from(JSON.stringify(value));
    if (plaintext.length > MOST_BYTES) {
      throw new Invalid([{ field: '', code: 'too_long', message: 'All of this together is too long to be kept.' }]);
    }
    const { id, idHash, key } = parse(readCookie(request, this.settings, name)) ?? begin();
    const jwe = await new CompactEncrypt(plaintext)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: name })
      .encrypt(key);
    await this.database.asActor({ kind: 'public' }, (manager) =>
      manager.query(
        `INSERT INTO sealed_sessions (id_hash, jwe, expires_at) VALUES ($1, $2, now() + ${LIFE})
         ON CONFLICT (id_hash) DO UPDATE SET jwe = EXCLUDED.jwe, expires_at = EXCLUDED.expires_at`,
        [idHash, jwe],
      ),
    );
    setCookie(reply, this.settings, name, Buffer.concat([id, key]).toString('base64url'));
  }

  /** Ends the session of a request and takes its cookie back. */
  async drop(request: FastifyRequest, reply: FastifyReply, name: string): Promise<void> {
    const opened = parse(readCookie(request, this.settings, name));
    clearCookie(reply, this.settings, name);
    if (!opened) return;
    await this.database.asActor({ kind: 'public' }, (manager) =>
      manager.query('DELETE FROM sealed_sessions WHERE id_hash = $1', [opened.idHash]),
    );
  }

  /** Removes what has ended; returns how many. */
  async sweep(): Promise<number> {
    const [, count] = await this.database.asActor({ kind: 'system', name: 'sessions' }, (manager) =>
      manager.query<[unknown[], number]>('DELETE FROM sealed_sessions WHERE expires_at <= now()'),
    );
    return count;
  }

  private async read(idHash: Buffer): Promise<string | undefined> {
    return this.database.asActor({ kind: 'public' }, async (manager) => {
      const [row] = await manager.query<{ jwe: string; old: boolean }[]>(
        `SELECT jwe, expires_at < now() + ${SLIDE_BELOW} AS old FROM sealed_sessions
         WHERE id_hash = $1 AND expires_at > now()`,
        [idHash],
      );
      if (row?.old === true) {
        await manager.query(`UPDATE sealed_sessions SET expires_at = now() + ${LIFE} WHERE id_hash = $1`, [idHash]);
      }
      return row?.jwe;
    });
  }
}

function begin(): Opened {
  const id = randomBytes(ID_BYTES);
  return { id, idHash: hash(id), key: randomBytes(KEY_BYTES) };
}

function parse(cookie: string | undefined): Opened | undefined {
  if (cookie === undefined || !COOKIE.test(cookie)) return undefined;
  const bytes = Buffer.from(cookie, 'base64url');
  const id = bytes.subarray(0, ID_BYTES);
  return { id, idHash: hash(id), key: bytes.subarray(ID_BYTES) };
}

function hash(id: Buffer): Buffer {
  return createHash('sha256').update(id).digest();
}

import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { compactDecrypt, CompactEncrypt } from 'jose';
import { createHash, randomBytes } from 'node:crypto';
import { Database } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import { removeExpired } from '../queue/remove-expired.js';
import { SWEEP_BATCH } from '../queue/sweeper.js';
import { DIRECT } from '../vault/suite.js';
import { clearCookie, readCookie, setCookie } from './cookies.js';
import { Invalid } from './errors.js';

const ID_BYTES = 16;
const KEY_BYTES = 32;
const TOKEN = /^[\w-]{64}$/;
const MOST_BYTES = 256 * 1024;

/** Seconds that a session lives after it was last used. */
export const SESSION_SECONDS = 30 * 60;
const LIFE = `interval '${SESSION_SECONDS.toString()} seconds'`;
/** A session used again within five minutes keeps its end, so that reading does not write a trace of each page. */
const SLIDE_BELOW = "interval '25 minutes'";

interface Opened {
  readonly id: Buffer;
  readonly idHash: Buffer;
  readonly key: Buffer;
}

/**
 * Sessions whose content the database cannot read: a JWE (`dir`, `A256GCM`) under a random key held only in the token,
 * beside the random id of which the database has the hash. A browser holds its token in a cookie, a client of the API
 * wherever it likes. Thirty minutes after the last use there is nothing left.
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
  get(request: FastifyRequest, name: string): Promise<unknown> {
    return this.open(readCookie(request, this.settings, name), name);
  }

  /**
   * Seals a value into the session of a request, beginning one where there is none.
   *
   * @param value anything that JSON can hold, up to 256 KiB
   * @throws {Invalid} when it is larger
   */
  async put(request: FastifyRequest, reply: FastifyReply, name: string, value: unknown): Promise<void> {
    const token = await this.seal(readCookie(request, this.settings, name), name, value);
    setCookie(reply, this.settings, name, token);
  }

  /** Seals a value into a session that begins, whatever cookie the request came with. */
  async putNew(reply: FastifyReply, name: string, value: unknown): Promise<void> {
    setCookie(reply, this.settings, name, await this.seal(undefined, name, value));
  }

  /** Ends the session of a request and takes its cookie back. */
  async drop(request: FastifyRequest, reply: FastifyReply, name: string): Promise<void> {
    const token = readCookie(request, this.settings, name);
    clearCookie(reply, this.settings, name);
    await this.end(token);
  }

  /**
   * Opens a session by its token.
   *
   * @param name what the session is for: one kept under another name does not open
   * @returns what was sealed, or null where there is none, it has ended, or was tampered with
   */
  async open(token: string | undefined, name: string): Promise<unknown> {
    const opened = parse(token);
    if (!opened) return null;
    const jwe = await this.read(opened.idHash);
    if (jwe === undefined) return null;
    try {
      const { plaintext, protectedHeader } = await compactDecrypt(jwe, opened.key, DIRECT);
      return protectedHeader.typ === name ? (JSON.parse(Buffer.from(plaintext).toString('utf8')) as unknown) : null;
    } catch {
      return null;
    }
  }

  /**
   * Seals a value under a token, replacing what was there.
   *
   * @param token of a session under way; without one a new one begins, and so where none is known by it: a token of the
   *   right form that we did not give out may be somebody else's, who waits for what will lie under it
   * @param seconds that a session which begins lives; one of 0 costs what any other does and never opens
   * @returns the token, which alone opens it
   * @throws {Invalid} when the value is larger than 256 KiB
   */
  async seal(
    token: string | undefined,
    name: string,
    value: unknown,
    seconds: number = SESSION_SECONDS,
  ): Promise<string> {
    const plaintext = Buffer.from(JSON.stringify(value));
    if (plaintext.length > MOST_BYTES) {
      throw new Invalid([{ field: '', code: 'too_long', message: 'All of this together is too long to be kept.' }]);
    }
    const under = parse(token);
    if (under && (await this.replace(under, await seal(plaintext, under.key, name)))) return tokenOf(under);
    const begun = begin();
    const jwe = await seal(plaintext, begun.key, name);
    await this.database.asActor({ kind: 'public' }, (manager) =>
      manager.query(
        `INSERT INTO sealed_sessions (id_hash, jwe, expires_at) VALUES ($1, $2, now() + make_interval(secs => $3))`,
        [begun.idHash, jwe, seconds],
      ),
    );
    return tokenOf(begun);
  }

  /** Ends the session of a token; nothing where there is none. */
  async end(token: string | undefined): Promise<void> {
    const opened = parse(token);
    if (!opened) return;
    await this.database.asActor({ kind: 'public' }, (manager) =>
      manager.query('DELETE FROM sealed_sessions WHERE id_hash = $1', [opened.idHash]),
    );
  }

  /** Removes what has ended, at most `limit` at once; returns how many. */
  sweep(limit: number = SWEEP_BATCH): Promise<number> {
    return removeExpired(this.database, 'sealed_sessions', 'id_hash', limit);
  }

  /** Whether there was a session under way, which now holds this. */
  private replace({ idHash }: Opened, jwe: string): Promise<boolean> {
    return this.database.asActor({ kind: 'public' }, async (manager) => {
      const [, count] = await manager.query<[unknown[], number]>(
        `UPDATE sealed_sessions SET jwe = $2, expires_at = now() + ${LIFE} WHERE id_hash = $1 AND expires_at > now()`,
        [idHash, jwe],
      );
      return count > 0;
    });
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

function parse(token: string | undefined): Opened | undefined {
  if (token === undefined || !TOKEN.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  const id = bytes.subarray(0, ID_BYTES);
  return { id, idHash: hash(id), key: bytes.subarray(ID_BYTES) };
}

function tokenOf({ id, key }: Opened): string {
  return Buffer.concat([id, key]).toString('base64url');
}

function seal(plaintext: Uint8Array, key: Uint8Array, name: string): Promise<string> {
  return new CompactEncrypt(plaintext).setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: name }).encrypt(key);
}

function hash(id: Buffer): Buffer {
  return createHash('sha256').update(id).digest();
}

import { base64url } from 'jose';
import { connect, type Socket } from 'node:net';
import { LineReader } from './line-reader.js';
import type { BlindName, EcPublic, KeyName, KeyPlace, PublicName, RsaPublic } from './service-key.js';

/*
 * The key agent: a process that holds the service's private keys and uses them when it is asked over a Unix socket. What
 * stands behind it is its own affair: files (`npm run key-agent`), a module with PKCS#11, a key service.
 *
 * One JSON object a line each way, UTF-8, at most 8 MiB; answers come in any order and carry the question's id. Bytes are
 * base64url without padding.
 *
 *   {"id":1,"do":"public","key":"proofs"}                   {"id":1,"jwk":{"kty":"EC","crv":"P-384","x":"…","y":"…"}}
 *   {"id":2,"do":"sign","key":"proofs","data":"…"}          {"id":2,"bytes":"…"}   ES384 (RFC 7518, 3.4): r and s, 96 bytes
 *   {"id":3,"do":"agree","key":"sealing","with":{…jwk…}}    {"id":3,"bytes":"…"}   ECDH on P-384: x, 48 bytes
 *   {"id":4,"do":"blind_public","key":"ratings"}            {"id":4,"rsa":{"kty":"RSA","n":"…","e":"AQAB"}}
 *   {"id":5,"do":"blind_sign","key":"ratings","data":"…"}   {"id":5,"bytes":"…"}   RSASP1 (RFC 8017, 5.2.1), as long as the modulus
 *   what cannot be done                                     {"id":3,"error":"no_such_key"}
 *
 * Keys: proofs, heads, webhooks, key-log, witness-one, witness-two (sign), sealing (agree), ratings (blind_sign; RSA of
 * 3,072 bits, `not_below_modulus` for what it cannot sign); webhooks.next, webhooks.previous and the earlier keys of proofs,
 * proofs.previous.1 to .99, oldest first and without a gap, have a public half only, and may be missing.
 */
export type Question = { readonly id: number } & (
  | { readonly do: 'public'; readonly key: PublicName }
  | { readonly do: 'sign'; readonly key: KeyName; readonly data: string }
  | { readonly do: 'agree'; readonly key: KeyName; readonly with: EcPublic }
  | { readonly do: 'blind_public'; readonly key: BlindName }
  | { readonly do: 'blind_sign'; readonly key: BlindName; readonly data: string }
);

export interface Answer {
  readonly id: number;
  readonly jwk?: EcPublic;
  readonly rsa?: RsaPublic;
  readonly bytes?: string;
  readonly error?: string;
}

/** A key could not be used. Carries a code only. */
export class KeyAgentError extends Error {
  override readonly name = 'KeyAgentError';
  constructor(readonly code: string) {
    super(`The key agent: ${code}.`);
  }
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: KeyAgentError) => void;
  readonly timer: NodeJS.Timeout;
}

type Unnumbered = Question extends infer One ? (One extends Question ? Omit<One, 'id'> : never) : never;

const PATIENCE_MS = 5_000;
const MOST_WAITING = 1_000;

/** Asks a key agent. One connection, made when it is needed and made anew once it broke. */
export class KeyAgent implements KeyPlace {
  private socket: Socket | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;

  /** @param path of the agent's Unix socket */
  constructor(private readonly path: string) {}

  async publicHalf(name: PublicName): Promise<EcPublic | undefined> {
    try {
      const { jwk } = await this.ask({ do: 'public', key: name });
      if (jwk === undefined) throw new KeyAgentError('bad_answer');
      return jwk;
    } catch (error) {
      if (error instanceof KeyAgentError && error.code === 'no_such_key') return undefined;
      throw error;
    }
  }

  async sign(name: KeyName, data: Uint8Array): Promise<Uint8Array> {
    return bytesOf(await this.ask({ do: 'sign', key: name, data: base64url.encode(data) }), 96);
  }

  async agree(name: KeyName, { kty, crv, x, y }: EcPublic): Promise<Uint8Array> {
    return bytesOf(await this.ask({ do: 'agree', key: name, with: { kty, crv, x, y } }), 48);
  }

  async blindPublicHalf(name: BlindName): Promise<RsaPublic | undefined> {
    const { rsa } = await this.ask({ do: 'blind_public', key: name });
    return rsa;
  }

  async signBlindly(name: BlindName, blinded: Uint8Array): Promise<Uint8Array | undefined> {
    try {
      return bytesOf(await this.ask({ do: 'blind_sign', key: name, data: base64url.encode(blinded) }), blinded.length);
    } catch (error) {
      if (error instanceof KeyAgentError && error.code === 'not_below_modulus') return undefined;
      throw error;
    }
  }

  /** Hangs up; who still waits is told so. */
  close(): void {
    this.socket?.destroy();
  }

  private ask(question: Unnumbered): Promise<Answer> {
    const id = ++this.last;
    return new Promise<Answer>((resolve, reject) => {
      if (this.waiting.size >= MOST_WAITING) {
        reject(new KeyAgentError('busy'));
        return;
      }
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        reject(new KeyAgentError('no_answer'));
      }, PATIENCE_MS);
      this.waiting.set(id, { resolve, reject, timer });
      this.connected().write(`${JSON.stringify({ id, ...question })}\n`);
    });
  }

  private connected(): Socket {
    if (this.socket) return this.socket;
    const socket = connect(this.path);
    const lines = new LineReader((line) => {
      this.take(line);
    });
    socket.on('data', (chunk) => {
      if (!lines.push(chunk)) socket.destroy();
    });
    // A broken connection says so by closing, which every end of it does.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.socket === socket) this.socket = undefined;
      for (const [id, { reject, timer }] of this.waiting) {
        clearTimeout(timer);
        this.waiting.delete(id);
        reject(new KeyAgentError('away'));
      }
    });
    // An open way to the keys is no reason to stay.
    socket.unref();
    this.socket = socket;
    return socket;
  }

  private take(line: string): void {
    const answer = readAnswer(line);
    const waiting = answer && this.waiting.get(answer.id);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    this.waiting.delete(answer.id);
    if (answer.error === undefined) waiting.resolve(answer);
    else waiting.reject(new KeyAgentError(/^[a-z_]{1,40}$/.test(answer.error) ? answer.error : 'bad_answer'));
  }
}

function readAnswer(line: string): Answer | undefined {
  try {
    return JSON.parse(line) as Answer;
  } catch {
    return undefined;
  }
}

function bytesOf({ bytes }: Answer, length: number): Uint8Array {
  const given = typeof bytes === 'string' ? Buffer.from(bytes, 'base64url') : Buffer.alloc(0);
  if (given.length !== length) throw new KeyAgentError('bad_answer');
  return new Uint8Array(given);
}

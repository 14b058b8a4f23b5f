import {
  calculateJwkThumbprint,
  compactDecrypt,
  compactVerify,
  createRemoteJWKSet,
  importJWK,
  type JWK,
  jwtVerify,
  type JWTVerifyGetKey,
} from 'jose';
import { createHash, hkdfSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/*
 * The system of an agency as somebody else would write it: from src/delivery/WEBHOOKS.md and src/vault/FORMAT.md, with
 * jose and Node alone. It takes nothing from src, so that what it proves is the format and not our code.
 */

const SUITE = 'onedoor-seal-1';
/** The words of a case, by kind of item, each with who is proved to have said it. */
interface Opened {
  readonly kind: string;
  readonly author: string;
  readonly content: Record<string, unknown>;
}

/** What came in one call. */
export interface Taken {
  readonly jti: string;
  readonly event: string;
  readonly reference?: string;
  readonly caseId?: string;
  readonly facets?: Record<string, string>;
  readonly more?: boolean;
  readonly words: readonly Opened[];
}

interface Bundle {
  readonly id: string;
  readonly reference: string;
  readonly facets: Record<string, string>;
  readonly mailbox: { readonly signing: JWK };
  readonly staffSigning: readonly { readonly kid: string; readonly jwk: JWK }[];
  readonly epochs: readonly { readonly key: string; readonly epoch: number; readonly record: string }[];
  readonly grants: readonly {
    readonly key: string;
    readonly epoch: number;
    readonly reader: string;
    readonly jwe: string;
  }[];
  readonly items: readonly {
    readonly id: string;
    readonly key: string;
    readonly epoch: number;
    readonly kind: string;
    readonly author: string;
    readonly jwe: string;
  }[];
  readonly more: boolean;
}

interface EpochRecord {
  readonly case: string;
  readonly key: string;
  readonly epoch: number;
  readonly commit: string;
  readonly readers: readonly string[];
  readonly previous: string | null;
}

export interface ReceiverOptions {
  /** Where the service publishes its keys, or the keys. */
  readonly keys: string | JWTVerifyGetKey;
  readonly issuer: string;
  /** Id of the agency. */
  readonly audience: string;
  /** The agency's private complaints key. */
  readonly agencyKey: JWK;
}

/** Checks calls and opens what they carry. */
export class WebhookReader {
  /** Ids of calls that were taken; a real system keeps them for good, beside what it made of them. */
  readonly #seen = new Set<string>();
  readonly #keys: JWTVerifyGetKey;

  constructor(private readonly options: ReceiverOptions) {
    const { keys } = options;
    this.#keys = typeof keys === 'string' ? createRemoteJWKSet(new URL(keys), { cooldownDuration: 0 }) : keys;
  }

  /**
   * @returns what came, or null where this call was taken before: to be answered with 200, and to be done no second time
   * @throws where it is not from the service, not for this agency, or older than the window of five minutes
   */
  async read(body: string): Promise<Taken | null> {
    const { payload } = await jwtVerify(body, this.#keys, {
      algorithms: ['ES384'],
      typ: 'onedoor-webhook+jwt',
      issuer: this.options.issuer,
      audience: this.options.audience,
      maxTokenAge: '5 minutes',
      requiredClaims: ['jti', 'event'],
    });
    const { jti = '', event, sealed } = payload as { jti?: string; event: string; sealed?: string };
    if (this.#seen.has(jti)) return null;
    const taken =
      sealed === undefined ? { jti, event, words: [] } : { jti, event, ...(await openBundle(sealed, this.options)) };
    this.#seen.add(jti);
    return taken;
  }
}

async function openBundle(sealed: string, { agencyKey }: ReceiverOptions): Promise<Omit<Taken, 'jti' | 'event'>> {
  const key = await importJWK(agencyKey, 'ECDH-ES+A256KW');
  const bundle = parse((await compactDecrypt(sealed, key)).plaintext) as Bundle;
  const { id: caseId, reference, facets, more } = bundle;
  const words = await Promise.all(bundle.items.map((item) => openItem(bundle, item, agencyKey)));
  return { caseId, reference, facets, more, words };
}

async function openItem(bundle: Bundle, item: Bundle['items'][number], agencyKey: JWK): Promise<Opened> {
  const reader = await calculateJwkThumbprint(agencyKey);
  const record = (await epochsOf(bundle, item.key)).find(({ epoch }) => epoch === item.epoch);
  const grant = bundle.grants.find((one) => one.key === item.key && one.epoch === item.epoch && one.reader === reader);
  if (!record?.readers.includes(reader) || !grant) throw new Error('This is not granted to us.');
  const granted = await compactDecrypt(grant.jwe, await importJWK(agencyKey, 'ECDH-ES+A256KW'));
  const caseKey = Buffer.from((parse(granted.plaintext) as { key: string }).key, 'base64url');
  if (derive(caseKey, 'commit').toString('base64url') !== record.commit) throw new Error('This is another key.');
  const opened = await compactDecrypt(item.jwe, derive(caseKey, 'content'));
  const jws = Buffer.from(opened.plaintext.subarray(0, opened.plaintext.lastIndexOf(0x80))).toString();
  const { header, payload } = await verify(bundle, jws, item.author === 'person');
  const place = header as { case?: string; item?: string; kind?: string; key?: string; epoch?: number };
  if (place.case !== bundle.id || place.item !== item.id || place.kind !== item.kind) throw new Error('It was moved.');
  return { kind: item.kind, author: item.author, content: payload };
}

/** The chain of a key's epochs, from the first, which the person signed. */
async function epochsOf(bundle: Bundle, key: string): Promise<EpochRecord[]> {
  const chain: EpochRecord[] = [];
  let previous: string | null = null;
  for (const { record } of bundle.epochs.filter((one) => one.key === key)) {
    const { payload } = await verify(bundle, record, chain.length === 0);
    const epoch = payload as unknown as EpochRecord;
    if (epoch.case !== bundle.id || epoch.key !== key || epoch.epoch !== chain.length + 1) throw new Error('Not so.');
    if (epoch.previous !== previous) throw new Error('The chain is broken.');
    previous = createHash('sha256').update(record).digest('base64url');
    chain.push(epoch);
  }
  return chain;
}

/** Verifies what the person must have signed, or anybody who wrote in the case. */
async function verify(
  { mailbox, staffSigning }: Bundle,
  jws: string,
  byPerson: boolean,
): Promise<{ header: object; payload: Record<string, unknown> }> {
  const person = { kid: await calculateJwkThumbprint(mailbox.signing), jwk: mailbox.signing };
  const signers = byPerson ? [person] : [person, ...staffSigning];
  const { protectedHeader, payload } = await compactVerify(jws, async ({ kid }) => {
    const signer = signers.find((one) => one.kid === kid);
    if (!signer) throw new Error('Somebody else signed this.');
    return importJWK(signer.jwk, 'ES384');
  });
  return { header: protectedHeader, payload: parse(payload) as Record<string, unknown> };
}

function derive(secret: Buffer, label: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `${SUITE} ${label}`, 32));
}

function parse(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes).toString());
}

/** What is answered: a status, or nothing at all until {@link Receiver.letGo}. */
export type Answer = number | 'hang';

/** A server that takes calls. */
export class Receiver {
  /** Everything that was sent to it, as it came. */
  readonly bodies: string[] = [];
  readonly paths: string[] = [];
  /** What it acted on. */
  readonly taken: Taken[] = [];
  /** Why calls were turned away. */
  readonly refused: string[] = [];
  /** Says how to answer a call; default: as a good receiver does. */
  answer: ((body: string) => Answer | undefined) | undefined;
  readonly #held: (() => void)[] = [];

  private constructor(
    private readonly server: Server,
    readonly origin: string,
    reader: WebhookReader,
  ) {
    server.on('request', (request, response) => {
      void readAll(request).then(async (body) => {
        this.bodies.push(body);
        this.paths.push(request.url ?? '');
        const answer = this.answer?.(body);
        if (answer === 'hang') {
          this.#held.push(() => response.destroy());
          return;
        }
        const status = answer ?? (await this.take(reader, body));
        response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end('x'.repeat(100_000));
      });
    });
  }

  /** @param tls to be reached by https with this certificate */
  static async start(reader: WebhookReader, tls?: { readonly key: string; readonly cert: string }): Promise<Receiver> {
    const nothingYet: RequestListener = () => undefined;
    const server = tls ? createHttpsServer(tls, nothingYet) : createHttpServer(nothingYet);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return new Receiver(server, `${tls ? 'https' : 'http'}://127.0.0.1:${port.toString()}`, reader);
  }

  get host(): string {
    return new URL(this.origin).host;
  }

  get hanging(): number {
    return this.#held.length;
  }

  /** Hangs up on those it left without an answer. */
  letGo(): void {
    for (const hangUp of this.#held.splice(0)) hangUp();
  }

  async stop(): Promise<void> {
    this.letGo();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async take(reader: WebhookReader, body: string): Promise<number> {
    try {
      const taken = await reader.read(body);
      if (taken) this.taken.push(taken);
      return 200;
    } catch (error) {
      this.refused.push((error as Error).message);
      return 401;
    }
  }
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

import { base64url, importJWK } from 'jose';
import { chmod, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Answer, Question } from './key-agent.js';
import { unusable } from './key-files.js';
import { LineReader } from './line-reader.js';
import { isPublicOnly, KEY_NAMES, type EcPublic, type KeyName, type KeyPlace, type PublicName } from './service-key.js';

const SIGNING: readonly KeyName[] = KEY_NAMES.filter((name) => name !== 'sealing');
const PAIRS: readonly PublicName[] = [...SIGNING, 'sealing'];
const MOST_CONNECTIONS = 64;

/**
 * Answers as a key agent does (`key-agent.ts`) for keys that lie in `place`. Who may ask is a matter of the socket's
 * directory: the socket itself has mode 0660.
 *
 * @param path of the Unix socket; what a dead agent left there is taken away
 * @throws {SettingsError} where an agent already serves there
 */
export async function serveKeys(place: KeyPlace, path: string): Promise<Server> {
  if (await isServed(path)) throw unusable('another key agent serves there');
  await unlink(path).catch(() => undefined);
  const server = createServer((socket) => {
    answerOn(socket, place);
  });
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(path, resolve);
  });
  await chmod(path, 0o660);
  return server;
}

function answerOn(socket: Socket, place: KeyPlace): void {
  const lines = new LineReader((line) => {
    void answer(line, place).then((said) => socket.write(`${JSON.stringify(said)}\n`));
  });
  socket.on('data', (chunk) => {
    if (!lines.push(chunk)) socket.destroy();
  });
  socket.on('error', () => undefined);
}

async function answer(line: string, place: KeyPlace): Promise<Answer> {
  let id = 0;
  try {
    const question = JSON.parse(line) as Partial<Question>;
    if (!Number.isSafeInteger(question.id)) return { id, error: 'bad_question' };
    id = question.id ?? 0;
    return { id, ...(await use(question, place)) };
  } catch {
    // Without its cause: it may quote a file.
    return { id, error: 'failed' };
  }
}

async function use(question: Partial<Question>, place: KeyPlace): Promise<Omit<Answer, 'id'>> {
  if (question.do === 'public' && question.key && (PAIRS.includes(question.key) || isPublicOnly(question.key))) {
    const jwk = await place.publicHalf(question.key);
    return jwk ? { jwk } : { error: 'no_such_key' };
  }
  if (question.do === 'sign' && question.key && SIGNING.includes(question.key) && typeof question.data === 'string') {
    const data = new Uint8Array(Buffer.from(question.data, 'base64url'));
    return { bytes: base64url.encode(await place.sign(question.key, data)) };
  }
  if (question.do === 'agree' && question.key === 'sealing') {
    const { x = '', y = '' } = (question.with ?? {}) as Partial<EcPublic>;
    const other = { kty: 'EC', crv: 'P-384', x, y } as const;
    const onCurve = await importJWK(other, 'ECDH-ES').catch(() => undefined);
    if (!onCurve) return { error: 'bad_key' };
    return { bytes: base64url.encode(await place.agree('sealing', other)) };
  }
  if (question.do === 'blind_public' && question.key === 'ratings') {
    const rsa = await place.blindPublicHalf('ratings');
    return rsa ? { rsa } : { error: 'no_such_key' };
  }
  if (question.do === 'blind_sign' && question.key === 'ratings' && typeof question.data === 'string') {
    const bytes = await place.signBlindly('ratings', new Uint8Array(Buffer.from(question.data, 'base64url')));
    return bytes ? { bytes: base64url.encode(bytes) } : { error: 'not_below_modulus' };
  }
  return { error: 'no_such_key' };
}

function isServed(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

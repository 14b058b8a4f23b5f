import type { FastifyInstance } from 'fastify';
import type { Socket } from 'node:net';
import { BARE_HEADERS } from './headers.js';
import { problemDetails, problemOf } from './problems.js';

/** Bytes of a JSON body: a sealed submission with its grants. */
const BODY_LIMIT = 256 * 1024;

/** What one connection may take of the server. Times in milliseconds. */
export const SERVER_LIMITS = {
  bodyLimit: BODY_LIMIT,
  // A slow phone sends 256 KiB at 10 KiB/s well within this.
  requestTimeout: 60_000,
  keepAliveTimeout: 10_000,
  http: { maxHeaderSize: 16 * 1024, headersTimeout: 20_000 },
  // A folder of open data is found with and without its slash.
  routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
  return503OnClosing: false,
} as const;

const STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Answers what never became a request, such as headers without end, and hangs up. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUS[error.code ?? ''] ?? 400;
  const problem = problemOf(Object.assign(new Error(), { statusCode: status }));
  const body = JSON.stringify(problemDetails(problem, ''));
  const headers = { ...BARE_HEADERS, 'content-length': Buffer.byteLength(body).toString(), connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status.toString()} Error\r\n${lines.join('')}\r\n${body}`);
}

/** Once closing has begun each answer ends its connection; kept alive it would hold up the end until it times out. */
export function hangUpWhenClosing(instance: FastifyInstance): void {
  let closing = false;
  instance.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  instance.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) void reply.header('connection', 'close');
    done(null, payload);
  });
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import parseRange from 'range-parser';

/** Bytes and what they are. */
export interface Data {
  /** With its parameters. */
  readonly mediaType: string;
  /** A strong validator: other bytes have another one (RFC 9110, 8.8.3). */
  readonly etag: string;
  readonly body: Buffer;
  /** How long whoever asks may keep them. */
  readonly keep: 'for ever' | 'for a while';
}

const KEEP = { 'for ever': 'public, max-age=31536000, immutable', 'for a while': 'public, max-age=300' } as const;

/** What another site's script may see of an answer, beside the few headers that every script may. */
const EXPOSED = 'ETag, Content-Range, Accept-Ranges, Content-Length, Content-Disposition';

/**
 * Sends open data to anybody, from whatever site: conditional requests (RFC 9110, 13), a single range of bytes (14), and
 * CORS without credentials. Several ranges at once are answered with the whole, as a server may (14.2).
 */
export async function sendData(request: FastifyRequest, reply: FastifyReply, data: Data): Promise<void> {
  void reply
    .header('etag', data.etag)
    .header('cache-control', KEEP[data.keep])
    .header('accept-ranges', 'bytes')
    .header('access-control-allow-origin', '*')
    .header('access-control-expose-headers', EXPOSED)
    .header('cross-origin-resource-policy', 'cross-origin')
    .header('vary', 'Range');
  if (isKnown(request.headers['if-none-match'], data.etag)) {
    await reply.status(304).send();
    return;
  }
  void reply.type(data.mediaType);
  const range = rangeOf(request, data);
  if (range === 'unsatisfiable') {
    await reply.status(416).header('content-range', `bytes */${data.body.length.toString()}`).send();
    return;
  }
  if (range) {
    const { start, end } = range;
    const place = `bytes ${start.toString()}-${end.toString()}/${data.body.length.toString()}`;
    await reply
      .status(206)
      .header('content-range', place)
      .send(data.body.subarray(start, end + 1));
    return;
  }
  await reply.send(data.body);
}

/**
 * Answers the question that a browser asks first (CORS-preflight request, Fetch Standard 3.3) where a script of another site
 * sends what not every script may: that it has the file, or a part of it, already.
 */
export async function allowData(reply: FastifyReply): Promise<void> {
  await reply
    .status(204)
    .header('access-control-allow-origin', '*')
    .header('access-control-allow-methods', 'GET, HEAD')
    .header('access-control-allow-headers', 'If-None-Match, If-Range, Range')
    .header('access-control-max-age', '86400')
    .header('cache-control', KEEP['for a while'])
    .send();
}

/* Weak comparison, as If-None-Match asks for (RFC 9110, 13.1.2). */
function isKnown(sent: string | undefined, etag: string): boolean {
  if (sent === undefined) return false;
  return sent.trim() === '*' || sent.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}

function rangeOf(
  { headers, method }: FastifyRequest,
  { body, etag }: Data,
): { readonly start: number; readonly end: number } | 'unsatisfiable' | null {
  const sent = headers.range;
  // Ranges are for GET, and of bytes (RFC 9110, 14.2).
  if (method !== 'GET' || sent === undefined || !/^bytes=/i.test(sent)) return null;
  // What somebody has a part of may be another one by now.
  if (headers['if-range'] !== undefined && headers['if-range'] !== etag) return null;
  const ranges = parseRange(body.length, sent, { combine: true });
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === -2 || ranges.length !== 1) return null;
  return ranges[0] ?? null;
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Settings } from '../../config/settings.js';
import { cookieName, readCookie, setCookie } from './cookies.js';
import { Refused } from './errors.js';
import { worldOfRequest } from './hosts.js';

const COOKIE = 'csrf';
const SECRET = /^[\w-]{43}$/;
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Name of the hidden field of every form. */
export const CSRF_FIELD = '_csrf';

/**
 * The token for the forms of this answer. Double submit: the cookie holds a secret that no other site can read or, being
 * `__Host-`, set; the form holds a MAC under it. Nothing is stored, so any replica can check it.
 */
export function csrfToken(request: FastifyRequest, reply: FastifyReply, settings: Settings): string {
  let secret = readCookie(request, settings, COOKIE);
  if (secret === undefined || !SECRET.test(secret)) {
    secret = randomBytes(32).toString('base64url');
    request.cookies[cookieName(settings, COOKIE)] = secret;
    setCookie(reply, settings, COOKIE, secret);
  }
  return tokenOf(secret).toString('base64url');
}

/**
 * What only this browser holds, from its first page until it is closed: the secret behind the tokens of its forms.
 *
 * @throws {Refused} without one, which nothing that {@link requireCsrf} lets pass lacks
 */
export function browserSecret(request: FastifyRequest, settings: Settings): string {
  const secret = readCookie(request, settings, COOKIE);
  if (secret === undefined || !SECRET.test(secret)) throw formExpired();
  return secret;
}

/**
 * Whether a browser says that the request comes from a page of ours. Under `Referrer-Policy: no-referrer` a form's
 * `Origin` is `null`, so `Sec-Fetch-Site` speaks first; a browser with neither is left to the token.
 */
export function fromOurPages(request: FastifyRequest, settings: Settings): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const origin = request.headers.origin;
  if (origin === undefined || origin === 'null') return true;
  return origin === (worldOfRequest(request, settings) === 'staff' ? settings.staffOrigin : settings.publicOrigin);
}

/** Refuses what would change something and does not come from a page of ours with its token. */
export function requireCsrf(instance: FastifyInstance, settings: Settings): void {
  instance.addHook('preValidation', (request, _reply, done) => {
    if (SAFE.has(request.method) || request.is404) {
      done();
    } else if (!fromOurPages(request, settings)) {
      done(new Refused(403, 'other_site', 'This was sent from another website, so nothing was done.'));
    } else if (publicApi(request) || takeToken(request, settings)) {
      done();
    } else {
      done(formExpired());
    }
  });
}

function formExpired(): Refused {
  return new Refused(403, 'form_expired', 'This form was open for too long. Please send it again.');
}

/** The public API carries no cookie that opens anything, so nobody can be made to send theirs. */
function publicApi(request: FastifyRequest): boolean {
  return request.routeOptions.url?.startsWith('/api/') ?? false;
}

function takeToken(request: FastifyRequest, settings: Settings): boolean {
  const secret = readCookie(request, settings, COOKIE);
  const given = request.headers['x-csrf-token'] ?? takeField(request);
  if (secret === undefined || !SECRET.test(secret) || typeof given !== 'string') return false;
  const token = Buffer.from(given, 'base64url');
  const expected = tokenOf(secret);
  return token.length === expected.length && timingSafeEqual(token, expected);
}

/** The field is taken out of the body: what is left is what the person sent. */
function takeField(request: FastifyRequest): unknown {
  const body = request.body;
  if (typeof body !== 'object' || body === null || !(CSRF_FIELD in body)) return undefined;
  const given = body[CSRF_FIELD];
  Reflect.deleteProperty(body, CSRF_FIELD);
  return given;
}

function tokenOf(secret: string): Buffer {
  return createHmac('sha256', Buffer.from(secret, 'base64url')).update('onedoor.csrf.1').digest();
}

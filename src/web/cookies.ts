import '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Settings } from '../../config/settings.js';

/** `__Host-` wherever the origin is https, so that no other host of the domain can set or shadow the cookie. */
export function cookieName(settings: Settings, name: string): string {
  return settings.secureCookies ? `__Host-${name}` : name;
}

/** Reads a cookie set by {@link setCookie}. */
export function readCookie(request: FastifyRequest, settings: Settings, name: string): string | undefined {
  return request.cookies[cookieName(settings, name)];
}

/**
 * Sets a cookie that scripts cannot read and other sites cannot send along.
 *
 * @param options.maxAge seconds; without it the cookie dies with the browser
 * @param options.sameSite `lax` for what must be there when another site leads back to a page of ours
 */
export function setCookie(
  reply: FastifyReply,
  settings: Settings,
  name: string,
  value: string,
  options: { readonly maxAge?: number; readonly sameSite?: 'lax' } = {},
): void {
  void reply.setCookie(cookieName(settings, name), value, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: settings.secureCookies,
    ...options,
  });
}

/** Takes a cookie back. */
export function clearCookie(reply: FastifyReply, settings: Settings, name: string): void {
  setCookie(reply, settings, name, '', { maxAge: 0 });
}

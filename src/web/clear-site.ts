import '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Settings } from '../../config/settings.js';
import { clearCookie } from './cookies.js';

/**
 * Has the browser forget what it keeps for this origin: pages in its cache, so that going back shows none, and whatever a
 * script stored, unlocked keys among them. Not its cookies, which that would take from the whole domain: the other side's
 * session, and the mark by which a known device is told from a stranger's.
 */
export function clearSite(reply: FastifyReply): void {
  void reply.header('clear-site-data', '"cache", "storage"');
}

/** Takes back every cookie that this host has set, by name. The key to what they stood for is gone with them. */
export function forgetCookies(request: FastifyRequest, reply: FastifyReply, settings: Settings): void {
  for (const name of Object.keys(request.cookies)) {
    const bare = settings.secureCookies ? name.replace(/^__Host-/, '') : name;
    if (/^[\w-]{1,64}$/.test(bare)) clearCookie(reply, settings, bare);
  }
}

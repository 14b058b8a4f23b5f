import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Settings } from '../../config/settings.js';

/** The two worlds on one port. */
export type World = 'public' | 'staff';

const EVERYWHERE = /^\/(?:assets|health|language)(?:\/|$)/;
const STAFF = /^\/staff(?:\/|$)/;

/** Which world a `Host` header names; undefined for a host that is neither. */
function worldOf(host: string | undefined, settings: Settings): World | undefined {
  const asked = host?.toLowerCase();
  if (asked === hostOf(settings.staffOrigin)) return 'staff';
  if (asked === hostOf(settings.publicOrigin)) return 'public';
  return undefined;
}

/** Hosts of the origins asked for, a handful: parsing one twice a request shows in a profile. */
const HOSTS = new Map<string, string>();

function hostOf(origin: string): string {
  let host = HOSTS.get(origin);
  if (host === undefined) HOSTS.set(origin, (host = new URL(origin).host));
  return host;
}

/** The world a request is in, by its own `Host` header: a forwarded one could be anybody's. */
export function worldOfRequest(request: FastifyRequest, settings: Settings): World | undefined {
  return worldOf(request.headers.host, settings);
}

/**
 * Keeps the worlds apart: each route is served on its own host and looks like nothing on the other. The matched
 * pattern decides, not the path as sent, since `/%73taff` reaches the same route.
 */
export function keepWorldsApart(instance: FastifyInstance, settings: Settings): void {
  instance.addHook('onRequest', (request, reply, done) => {
    const pattern = request.routeOptions.url;
    const world = worldOfRequest(request, settings);
    if (pattern === undefined || EVERYWHERE.test(pattern)) {
      done();
    } else if (world === (STAFF.test(pattern) ? 'staff' : 'public')) {
      done();
    } else if (world === 'staff' && request.url === '/') {
      void reply.redirect('/staff');
    } else {
      reply.callNotFound();
    }
  });
}

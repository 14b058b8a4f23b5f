import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Settings } from '../../config/settings.js';
import { assetsPath } from './assets.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    wasm?: boolean;
  }
}

const CSP = 'content-security-policy';

/**
 * For a page that stretches a passphrase: its scripts may compile WebAssembly, which Argon2id needs. Everywhere else
 * the policy says `script-src 'self'` and no more.
 */
export const AllowWasm = (): MethodDecorator => RouteConfig({ wasm: true });

const SCRIPTS = "script-src 'self'";

function helmetOptions(settings: Settings): FastifyHelmetOptions {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    frameguard: { action: 'deny' },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: { policy: 'require-corp' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    strictTransportSecurity: settings.secureCookies ? { maxAge: 31_536_000, includeSubDomains: false } : false,
  };
}

/** What no page of ours asks a browser for. */
const PERMISSIONS = [
  'accelerometer',
  'autoplay',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
]
  .map((feature) => `${feature}=()`)
  .join(', ');

/** Sets the headers every answer carries, whatever becomes of it. */
export async function useHeaders(instance: FastifyInstance, settings: Settings): Promise<void> {
  await instance.register(helmet, helmetOptions(settings));
  instance.addHook('onRequest', (request, reply, done) => {
    void reply.header('permissions-policy', PERMISSIONS);
    // Only the front door is for search engines: a result that names a page would tell a shared computer's next user.
    if (request.routeOptions.url !== '/') void reply.header('x-robots-tag', 'noindex, nofollow');
    if (!assetsPath(request.routeOptions.url)) void reply.header('cache-control', 'no-store');
    if (request.routeOptions.config.wasm === true) widenForWasm(reply);
    done();
  });
}

/** Lets the scripts of one answer compile WebAssembly, as {@link AllowWasm} does for a route. */
export function widenForWasm(reply: FastifyReply): void {
  const policy = String(reply.getHeader(CSP));
  void reply.header(CSP, policy.replace(SCRIPTS, `${SCRIPTS} 'wasm-unsafe-eval'`));
}

/** Headers of the few answers that Fastify gives before any hook has run. */
export const BARE_HEADERS = {
  'content-type': 'application/problem+json; charset=utf-8',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': PERMISSIONS,
  'x-content-type-options': 'nosniff',
} as const;

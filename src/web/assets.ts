import type { FastifyInstance } from 'fastify';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { assetsDirectory } from './places.js';

/** Names of what is served under `/assets` with the SHA-384 of each, as Subresource Integrity writes it. */
export type Manifest = Readonly<Record<string, string>>;

const ASSETS = '/assets/:name';

/** Whether a route pattern is that of the assets, which alone may be kept by caches. */
export function assetsPath(pattern: string | undefined): boolean {
  return pattern === ASSETS;
}

/**
 * Reads what `config/assets.mjs` wrote.
 *
 * @throws {Error} when the assets were not built
 */
export function loadManifest(): Manifest {
  try {
    return JSON.parse(readFileSync(join(assetsDirectory, 'manifest.json'), 'utf8')) as Manifest;
  } catch (cause) {
    throw new Error('dist/assets is missing or unreadable: run `node config/assets.mjs` first.', { cause });
  }
}

/** The address of an asset; its hash is part of it, so that it can be kept for good. */
export function assetUrl(manifest: Manifest, name: string): string {
  return `/assets/${name}?v=${version(hashOf(manifest, name))}`;
}

/** The hash of an asset as an `integrity` attribute takes it. */
export function hashOf(manifest: Manifest, name: string): string {
  const hash = manifest[name];
  if (hash === undefined) throw new Error(`There is no asset called ${name}: run \`node config/assets.mjs\`.`);
  return hash;
}

function version(hash: string): string {
  return Buffer.from(hash.slice('sha384-'.length), 'base64').subarray(0, 9).toString('base64url');
}

interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly bytes: Buffer;
  readonly gzipped: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
};

/**
 * Serves `/assets` out of memory, since they are few: for good when asked by hash, else to be asked again each time. A
 * name is looked up and never becomes a path.
 */
export function useAssets(instance: FastifyInstance, manifest: Manifest): void {
  const assets = new Map(['manifest.json', ...Object.keys(manifest)].map((name) => [name, readAsset(name)]));
  const known = new Set(Object.keys(manifest).map((name) => assetUrl(manifest, name)));
  instance.get<{ Params: { name: string } }>(ASSETS, async (request, reply) => {
    const asset = assets.get(request.params.name);
    if (asset === undefined) {
      reply.callNotFound();
      return reply;
    }
    void reply.headers({
      'cache-control': known.has(request.url) ? 'public, max-age=31536000, immutable' : 'no-cache',
      etag: asset.etag,
      vary: 'accept-encoding',
    });
    if (request.headers['if-none-match'] === asset.etag) return reply.status(304).send();
    const gzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    if (gzip) void reply.header('content-encoding', 'gzip');
    return reply.type(asset.type).send(gzip ? asset.gzipped : asset.bytes);
  });
}

function readAsset(name: string): Asset {
  const bytes = readFileSync(join(assetsDirectory, name));
  const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
  return { type: TYPES[extname(name)] ?? 'application/octet-stream', etag, bytes, gzipped: gzipSync(bytes) };
}

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

/** Assets that are made when the server starts, since what stands in them is set for each installation. */
export class MadeAssets {
  private readonly texts = new Map<string, string>();

  /** @param name as it is asked for, with an extension that browsers are served with */
  add(name: string, text: string): void {
    this.texts.set(name, text);
  }

  get all(): ReadonlyMap<string, string> {
    return this.texts;
  }
}

/**
 * Reads what `config/assets.mjs` wrote, and counts in what was made since.
 *
 * @throws {Error} when the assets were not built
 */
export function loadManifest({ all }: MadeAssets): Manifest {
  let built: Manifest;
  try {
    built = JSON.parse(readFileSync(join(assetsDirectory, 'manifest.json'), 'utf8')) as Manifest;
  } catch (cause) {
    throw new Error('dist/assets is missing or unreadable: run `node config/assets.mjs` first.', { cause });
  }
  const made = [...all].map(([name, text]) => [name, `sha384-${createHash('sha384').update(text).digest('base64')}`]);
  return { ...built, ...(Object.fromEntries(made) as Manifest) };
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
export function useAssets(instance: FastifyInstance, manifest: Manifest, { all: made }: MadeAssets): void {
  const written = new Map([...made, ['manifest.json', `${JSON.stringify(manifest, null, 2)}\n`]]);
  const assets = new Map([...Object.keys(manifest), 'manifest.json'].map((name) => [name, asset(name, written)]));
  const known = new Set(Object.keys(manifest).map((name) => assetUrl(manifest, name)));
  instance.get<{ Params: { name: string } }>(ASSETS, async (request, reply) => {
    const found = assets.get(request.params.name);
    if (found === undefined) {
      reply.callNotFound();
      return reply;
    }
    void reply.headers({
      'cache-control': known.has(request.url) ? 'public, max-age=31536000, immutable' : 'no-cache',
      etag: found.etag,
      vary: 'accept-encoding',
    });
    if (request.headers['if-none-match'] === found.etag) return reply.status(304).send();
    const gzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    if (gzip) void reply.header('content-encoding', 'gzip');
    return reply.type(found.type).send(gzip ? found.gzipped : found.bytes);
  });
}

function asset(name: string, written: ReadonlyMap<string, string>): Asset {
  const text = written.get(name);
  const bytes = text === undefined ? readFileSync(join(assetsDirectory, name)) : Buffer.from(text);
  const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
  return { type: TYPES[extname(name)] ?? 'application/octet-stream', etag, bytes, gzipped: gzipSync(bytes) };
}

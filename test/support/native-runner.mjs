import { transformFileSync } from '@swc/core';
import circus from 'jest-circus/runner';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setGlobals } from './live-globals.mjs';
import './typescript.mjs';

const require = createRequire(import.meta.url);
/** Where Circus keeps handlers for all that there is of it: each test file has a Circus, and handlers, of its own. */
const HANDLERS = Symbol.for('EVENT_HANDLERS');
/** Files with source maps that were made, by the URLs of sources. */
const sourceMaps = new Map();

/**
 * Jest's `testRunner`: its own, but modules are loaded by Node itself, once for all test files of a worker. Jest would load
 * several thousand of them anew for each file, into a realm of its own, which took a fifth of a whole run. Here the files of
 * a worker share one: what one of them changes of `globalThis`, it puts back.
 */
export default function runNatively(globalConfig, config, environment, runtime, testPath, tell) {
  runtime.getSourceMaps().get = (url) => sourceMapOf(url, config.cacheDirectory);
  const native = {
    requireInternalModule: (path) => {
      delete require.cache[path];
      delete globalThis[HANDLERS];
      return require(path);
    },
    requireModule: require,
    setGlobalsForRuntime: setGlobals,
    unstable_shouldLoadAsEsm: () => true,
    unstable_importModule: (path) => import(pathToFileURL(path).href),
    enterTestCode: () => undefined,
    leaveTestCode: () => undefined,
  };
  return circus.default(globalConfig, config, { global: globalThis }, native, testPath, tell);
}

/** The file with the source map of a source, made when the first error of it is told: each line of a stack asks. */
function sourceMapOf(url, folder) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return undefined;
  const made = sourceMaps.get(url) ?? makeSourceMap(url, folder);
  sourceMaps.set(url, made);
  return made;
}

function makeSourceMap(url, folder) {
  const path = fileURLToPath(url);
  const { map } = transformFileSync(path, { sourceMaps: true });
  const maps = join(folder, 'source-maps');
  const file = join(maps, createHash('sha256').update(path).update(map).digest('hex'));
  mkdirSync(maps, { recursive: true });
  writeFileSync(file, map);
  return file;
}

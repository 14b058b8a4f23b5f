import './typescript.mjs';
import process from 'node:process';

/**
 * Jest: one cluster, a few stretched passphrases and one RSA key, which takes long to make, for the whole run; told to every
 * test file through the environment.
 */
export default async function setup() {
  const { startCluster } = await import('./cluster.ts');
  const { stretchForAll } = await import('./passphrases.ts');
  const { makeRsa } = await import('../../config/key-files.ts');
  process.env.ONEDOOR_TEST_RATINGS_KEY = await makeRsa();
  await stretchForAll();
  globalThis.onedoorCluster = await startCluster();
}

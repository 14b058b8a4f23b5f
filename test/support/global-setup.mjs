import './typescript.mjs';

/** Jest: one cluster and a few stretched passphrases for the whole run, told to every test file through the environment. */
export default async function setup() {
  const { startCluster } = await import('./cluster.ts');
  const { stretchForAll } = await import('./passphrases.ts');
  await stretchForAll();
  globalThis.onedoorCluster = await startCluster();
}

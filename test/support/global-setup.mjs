import './typescript.mjs';

/** Jest: one cluster for the whole run, told to every test file through the environment. */
export default async function setup() {
  const { startCluster } = await import('./cluster.ts');
  globalThis.onedoorCluster = await startCluster();
}

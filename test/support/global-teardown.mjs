/** Jest: stops the cluster of this run and removes what it wrote. */
export default async function teardown() {
  await globalThis.onedoorCluster?.stop();
}

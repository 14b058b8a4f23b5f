/**
 * Waits until something is so, or fails saying what was waited for.
 *
 * @param limit milliseconds; by default less than a test may take, so that the failure is told and no test cut off
 */
export async function until(what: string, isSo: () => Promise<boolean> | boolean, limit = 60_000): Promise<void> {
  const end = Date.now() + limit;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { loadServiceKeys, type ServiceKeys } from '../../config/service-keys.js';

/**
 * Puts the run's RSA key into a directory of service keys that has none yet, since to make one takes a second of one core.
 *
 * @param directory made where it is not there
 */
export async function placeRatingsKey(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const content = process.env.ONEDOOR_TEST_RATINGS_KEY;
  if (content === undefined) return; // a process that a test started
  await writeFile(join(directory, 'ratings.jwk'), content, { mode: 0o600, flag: 'wx' }).catch(() => undefined);
}

/** Makes service keys in a directory as a first start does, but for the RSA key, which is the run's. */
export async function makeServiceKeys(directory: string): Promise<ServiceKeys> {
  await placeRatingsKey(directory);
  return loadServiceKeys(directory, { createIfMissing: true });
}

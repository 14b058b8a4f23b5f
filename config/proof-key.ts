import { rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isCode, readOwn, readPublic, writeNewPair, writeOnce } from './key-files.js';
import { MOST_EARLIER_PROOF_KEYS, previousProofKey, publishedJwk } from './service-key.js';
import { SettingsError } from './settings.js';

const CURRENT = 'proofs.jwk';
const NEXT = 'proofs.next.jwk';

/**
 * Another key signs promises from now on. Of the one so far the public part is kept for good, and published with those
 * before it: what a person saved years ago is checked with the keys that are published now. Counts once the servers were
 * started again; ended half-way, it is ended by doing it again.
 *
 * @param directory with the service's keys
 * @throws {SettingsError} when the key so far cannot be read, or was changed too often
 */
export async function changeProofKey(directory: string): Promise<void> {
  const path = (name: string): string => join(directory, name);
  const current = await readOwn(path(CURRENT), CURRENT).catch((error: unknown) => {
    throw isCode(error, 'ENOENT') ? new SettingsError('SERVICE_KEYS cannot be used: proofs.jwk is missing.') : error;
  });
  const last = JSON.stringify(await publishedJwk(await readPublic(CURRENT, current), 'ES384', 'sig'));
  await keepAsEarlier(directory, last);
  // What an interrupted change left was never published, and signs nothing.
  await unlink(path(NEXT)).catch((error: unknown) => {
    if (!isCode(error, 'ENOENT')) throw error;
  });
  await writeNewPair(directory, NEXT, 'ES384');
  // Last, and over the old name in one stroke: at no moment is there no key.
  await rename(path(NEXT), path(CURRENT));
}

async function keepAsEarlier(directory: string, last: string): Promise<void> {
  for (let number = 1; number <= MOST_EARLIER_PROOF_KEYS; number++) {
    const name = `${previousProofKey(number)}.jwk`;
    // What is there already stays as it is.
    await writeOnce(directory, join(directory, name), last);
    if ((await readOwn(join(directory, name), name)) === last) return;
  }
  throw new SettingsError('SERVICE_KEYS cannot be used: the key of proofs was changed too often.');
}

import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How one of the demonstration's officers signs in. */
export interface WayIn {
  readonly agencyId: string;
  readonly displayName: string;
  readonly username: string;
  readonly passphrase: string;
  /** Base32, as an authenticator takes it. */
  readonly totpSecret: string;
}

/** The ways in of an earlier start, or none. */
export async function readWaysIn(home: string): Promise<WayIn[]> {
  try {
    return JSON.parse(await readFile(fileOf(home), 'utf8')) as WayIn[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Keeps the ways in beside the demonstration's data, so that they can be printed at every start. */
export async function keepWaysIn(home: string, ways: readonly WayIn[]): Promise<void> {
  const file = fileOf(home);
  await writeFile(`${file}.new`, JSON.stringify(ways, null, 2), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

function fileOf(home: string): string {
  return join(home, 'demo-ways-in.json');
}

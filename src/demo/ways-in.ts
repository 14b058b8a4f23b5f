import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How one of the demonstration's officers signs in. */
interface WayIn {
  readonly agencyId: string;
  readonly displayName: string;
  readonly username: string;
  readonly passphrase: string;
  /** Base32, as an authenticator takes it. */
  readonly totpSecret: string;
}

/** The receipt of one of the demonstration's cases. */
export interface KeptReceipt {
  readonly reference: string;
  /** What there is to be seen in its mailbox. */
  readonly shows: string;
  /** The eight words. */
  readonly receipt: string;
}

/** How everybody comes in: officers to their desks, and people to their mailboxes. */
export interface WaysIn {
  readonly officers: readonly WayIn[];
  readonly receipts: readonly KeptReceipt[];
}

/** The ways in of an earlier start, or null where there was none. */
export async function readWaysIn(home: string): Promise<WaysIn | null> {
  try {
    const kept = JSON.parse(await readFile(fileOf(home), 'utf8')) as WaysIn | WayIn[];
    // Demonstrations made before cases were passed on kept their officers alone.
    return Array.isArray(kept) ? { officers: kept, receipts: [] } : kept;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Keeps the ways in beside the demonstration's data, so that they can be printed at every start. */
export async function keepWaysIn(home: string, ways: WaysIn): Promise<void> {
  const file = fileOf(home);
  await writeFile(`${file}.new`, JSON.stringify(ways, null, 2), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

function fileOf(home: string): string {
  return join(home, 'demo-ways-in.json');
}

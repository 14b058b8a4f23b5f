import type { WholeLog } from '../../vault/joined-readers.js';
import { readHead, type KeyPins, type WitnessedHead } from '../../vault/key-heads.js';
import { orNull } from '../../vault/suite.js';
import { ApiProblem } from '../../web/browser/ask.js';
import type { AskedLog } from '../joining/later-readers.js';

/** Where a browser fetches the log of keys from. */
export interface LogSource {
  /** The newest head that witnesses have seen; null while there is none. */
  head(): Promise<WitnessedHead | null>;
  /** Some entries from a place on; none where there are no more. */
  entries(from: number): Promise<readonly string[]>;
}

/* As far as this page has fetched it. It only grows; that it is the log, its head shows each time. */
const fetched: string[] = [];

/**
 * The log of keys as this page asks it. All of it is fetched, so that nobody can be hidden who was there before; that only
 * once somebody is to be looked up.
 */
export function logFrom(source: LogSource): AskedLog {
  const { onedoorKeyPins: pins } = globalThis as { onedoorKeyPins?: KeyPins };
  return { pins, whole: () => orNull(fetchWhole(source)) };
}

async function fetchWhole(source: LogSource): Promise<WholeLog | null> {
  try {
    const witnessed = await source.head();
    if (!witnessed) return null;
    const { size } = readHead(witnessed.head);
    while (fetched.length < size) {
      const more = await source.entries(fetched.length);
      if (more.length === 0) break;
      fetched.push(...more);
    }
    return { ...witnessed, entries: fetched };
  } catch (error) {
    if (error instanceof ApiProblem) return null;
    throw error;
  }
}

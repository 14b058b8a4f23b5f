import { joinedAmong, type WholeLog } from '../../vault/joined-readers.js';
import { readHead, type KeyPins, type WitnessedHead } from '../../vault/key-heads.js';
import { orNull, type KeyId } from '../../vault/suite.js';
import { ApiProblem } from '../../web/browser/ask.js';
import type { OpenKeys } from '../open-words.js';

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
 * Asks the log of keys about readers whom nobody named: who came later may read, and be granted the next key. For that all
 * of it is fetched, so that nobody can be hidden who was there before; it is asked only where there is such a reader. Where
 * it cannot be fetched, nobody came later.
 *
 * @param kids of those readers
 * @param at kids of readers of the agency that has the case
 * @param when. lodgedOn YYYY-MM-DD in Pacific/Auckland
 */
export async function withJoined(
  opened: OpenKeys,
  kids: readonly KeyId[],
  { at, lodgedOn }: { readonly at: ReadonlySet<KeyId>; readonly lodgedOn: string | undefined },
  source: LogSource,
): Promise<OpenKeys> {
  const { onedoorKeyPins: pins } = globalThis as { onedoorKeyPins?: KeyPins };
  if (kids.length === 0 || lodgedOn === undefined || !pins) return opened;
  const log = await orNull(fetchWhole(source));
  const { agreedTo: named } = opened;
  return { ...opened, joined: await joinedAmong({ log, pins, named, at, lodgedOn, kids, now: Date.now() }) };
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

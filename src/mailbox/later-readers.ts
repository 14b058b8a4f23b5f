import { withLaterReaders, type AskedLog } from '../cases/joining/later-readers.js';
import { newestReaders, unknownAmong } from '../cases/open-words.js';
import type { OpenSide } from './open-side.js';

// The same in the person's browser and, for those without a script, on the server.

/** Asks the log of keys about readers of a disclosure whom its person does not know. Of a complaint nobody reads by a key of their own. */
export async function knowingLaterReaders(
  side: OpenSide,
  { path, lodgedOn }: { readonly path: string; readonly lodgedOn: string },
  log: AskedLog,
): Promise<OpenSide> {
  if (path === 'complaint') return side;
  const { opened } = side;
  const at = opened.lastAgreedTo ?? opened.agreedTo;
  const unknown = unknownAmong(newestReaders(opened), opened);
  return { ...side, opened: await withLaterReaders(opened, unknown, { at, lodgedOn }, log) };
}

import { decode, encode, utf8 } from './bytes.js';
import { isFresh, KeyDoubted, verifySeen, type KeyHead, type KeyPins, type WitnessedHead } from './key-heads.js';
import { readEntry, type KeyLogEntry, type LoggedUse } from './key-log.js';
import { rootOf } from './merkle-proofs.js';
import { requireThat, VaultError, type KeyId } from './suite.js';

// Who came to read the disclosures of an agency after one was lodged there, by the log of keys.

/** A witnessed head and every entry of the log before it, or more: what is left out of a log cannot be shown by a path. */
export interface WholeLog extends WitnessedHead {
  readonly entries: readonly string[];
}

/**
 * What the log says of a key by now: that it stands, that it does so no longer, or that it stood when the head was signed,
 * which is too old to say more.
 */
type Standing = 'stands' | 'retired' | 'stood';

/** Keys that may read though the person named none of them. */
export type JoinedReaders = ReadonlyMap<KeyId, Standing>;

/** For what the key of somebody who reads disclosures stands. */
const READS_DISCLOSURES: LoggedUse = 'disclosures';

interface Holder {
  /** Place of the first entry that added a key of theirs. */
  readonly first: number;
  /** Its day. */
  readonly on: string;
  readonly kids: Set<KeyId>;
}

/**
 * Which of some keys are of somebody who joined those who read an agency's disclosures after the day on which one was
 * lodged, or of somebody whom its person named by another key. Whoever was there on that day and is not named was left out
 * by the person, with every key that they have since: it is the holder that counts.
 *
 * Whoever was in the log before the last of those whom the person named was there too, whatever day is said to be that of
 * the lodging.
 *
 * The log alone would not do: its witnesses see that it grows and not who somebody is, so whoever keeps it could add a
 * holder who was never there.
 *
 * @param input.log null where it could not be fetched
 * @param input.named kids whom the person named
 * @param input.at kids of readers of the agency that has it: an officer's own, or those whom the person named last
 * @param input.lodgedOn YYYY-MM-DD in Pacific/Auckland
 * @param input.vouched the keys that are asked about: each shown to be let in, or to be somebody's new key, by who holds the
 *   disclosure
 * @param input.now milliseconds since 1970
 * @returns none where what is shown cannot be believed
 */
export async function joinedAmong(input: {
  readonly log: WholeLog | null;
  readonly pins: KeyPins;
  readonly named: ReadonlySet<KeyId>;
  readonly at: ReadonlySet<KeyId>;
  readonly lodgedOn: string;
  readonly vouched: readonly KeyId[];
  readonly now: number;
}): Promise<JoinedReaders> {
  const { log, pins, named, at, lodgedOn, vouched, now } = input;
  if (!log) return new Map();
  try {
    const head = await verifySeen(log, pins);
    const lines = linesAbout(await entriesUnder(head, log), at);
    const holders = holdersIn(lines);
    const lastNamed = Math.max(-1, ...[...holders.values()].filter(isOneOf(named)).map(({ first }) => first));
    const standing = isFresh(head, now) ? 'stands' : 'stood';
    const joined = new Map<KeyId, Standing>();
    for (const { entry } of lines) {
      const holder = entry.holder === null ? undefined : holders.get(entry.holder);
      if (!holder || !vouched.includes(entry.kid)) continue;
      const cameLater = holder.first > lastNamed && holder.on > lodgedOn;
      if (cameLater || isOneOf(named)(holder)) joined.set(entry.kid, entry.act === 'added' ? standing : 'retired');
    }
    return joined;
  } catch (error) {
    if (error instanceof VaultError || error instanceof KeyDoubted) return new Map();
    throw error;
  }
}

/** @throws {VaultError} where the entries are not those that the head stands for */
async function entriesUnder({ size, root }: KeyHead, log: WholeLog): Promise<KeyLogEntry[]> {
  const entries = log.entries.slice(0, size);
  requireThat(entries.length === size && encode(await rootOf(entries.map(utf8))) === encode(decode(root)));
  return entries.map(readEntry).filter((entry) => entry.act !== 'lodged');
}

interface Line {
  readonly at: number;
  readonly entry: KeyLogEntry;
}

/** What the log says of readers of disclosures at the agencies of some keys. */
function linesAbout(entries: readonly KeyLogEntry[], kids: ReadonlySet<KeyId>): Line[] {
  const lines = entries.map((entry, at) => ({ at, entry })).filter(({ entry }) => entry.use === READS_DISCLOSURES);
  const agencies = new Set(lines.filter(({ entry }) => kids.has(entry.kid)).map(({ entry }) => entry.agency));
  return lines.filter(({ entry }) => agencies.has(entry.agency));
}

function holdersIn(lines: readonly Line[]): ReadonlyMap<string, Holder> {
  const holders = new Map<string, Holder>();
  for (const { at, entry } of lines) {
    if (entry.holder === null) continue;
    const known = holders.get(entry.holder) ?? { first: at, on: entry.on, kids: new Set<KeyId>() };
    known.kids.add(entry.kid);
    holders.set(entry.holder, known);
  }
  return holders;
}

/** Whether a holder has one of these keys, or had. */
function isOneOf(named: ReadonlySet<KeyId>): (holder: Holder) => boolean {
  return ({ kids }) => [...kids].some((kid) => named.has(kid));
}

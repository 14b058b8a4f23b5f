import { CompactRange } from '../../audit/compact-range.js';
import { leafHash } from '../../audit/merkle.js';
import { verifyHead, witnessOf, type KeyHead, type KeyPins } from '../../vault/key-heads.js';
import { readEntry, StandingKeys, type KeyLogEntry, type LogEntry } from '../../vault/key-log.js';
import { thumbprint } from '../../vault/keys.js';
import { orNull, VaultError, type KeyId } from '../../vault/suite.js';
import { treeOf, written } from './stored-log.js';
import type { ReaderFault } from './published-readers.js';
import type { DayInTables, KeyInTables } from './keys-in-tables.js';

/** What can be wrong with the log of keys, and what the subject of a fault then names. */
type FaultKind =
  | 'entry_missing' // position: there is none, though there are later ones
  | 'entry_changed' // position: it is no entry, or says something else than it is found by
  | 'entry_impossible' // position: it adds what stands, retires what does not, or names a day out of order
  | 'head_forged' // number: not signed by the log, or not what is stored with it
  | 'head_not_of_this_log' // number: the entries before it were changed, exchanged or put in another order
  | 'head_out_of_order' // number: it is smaller or older than the one before
  | 'log_cut_off' // size of a head that is larger than the log
  | 'cosignature_forged' // number of the head
  | 'key_not_logged' // kid: it stands in the tables, and never stood in the log
  | 'key_unknown' // kid: it is in the log, and not in the tables
  | 'retirement_missing' // kid: it stands in the log, and no longer in the tables
  | 'retired_in_log_only' // kid: it stands in the tables, and no longer in the log
  | 'day_changed'; // on: what was lodged that day has another root in the log, or is in one of the two only

/** What is wrong, and where. */
type Fault = { readonly kind: FaultKind; readonly subject: string } | ReaderFault;

/** The log as it lies somewhere. */
export interface LogToVerify {
  readonly entries: readonly {
    readonly position: number;
    readonly entry: string;
    /** What it is found by. */
    readonly agency: string | null;
    readonly use: string | null;
    readonly kid: KeyId | null;
    readonly act: string;
  }[];
  readonly heads: readonly { readonly number: number; readonly size: number; readonly head: string }[];
  readonly cosignatures: readonly { readonly head: number; readonly witness: KeyId; readonly cosignature: string }[];
  /** What the tables say; null for whoever sees the public side only. */
  readonly keys: readonly KeyInTables[] | null;
  /** The closed days of the tables, likewise. */
  readonly days: readonly DayInTables[] | null;
}

/** What verifying came to. The log is whole where `faults` is empty. */
export interface KeyLogReport {
  readonly entries: number;
  readonly heads: number;
  /** The last head that the log signed, to be noted elsewhere and given to a later run. */
  readonly lastHead: string | null;
  /** The first hundred. */
  readonly faults: readonly Fault[];
}

const MOST_FAULTS = 100;

/**
 * Builds the log again from its entries, and holds it to every head, cosignature and key.
 *
 * @param kept heads that were noted elsewhere, as compact JWS; they find a log that was cut off together with its heads
 */
export async function verifyLog(log: LogToVerify, pins: KeyPins, kept: readonly string[] = []): Promise<KeyLogReport> {
  const faults: Fault[] = [];
  const accuse: Accuse = (kind, subject) => {
    if (faults.length < MOST_FAULTS) faults.push({ kind, subject: subject.toString() });
  };
  const read = log.entries.map((row, at) => {
    if (row.position !== at) accuse('entry_missing', at);
    return readRow(row, accuse);
  });
  const signed: { readonly number: number; readonly head: KeyHead }[] = [];
  let lastHead: string | null = null;
  for (const { number, size, head: jws } of log.heads) {
    const head = await orNull(verifyHead(jws, pins.log));
    const before = signed.at(-1)?.head;
    if (head?.size !== size) {
      accuse('head_forged', number);
      continue;
    }
    if (before && (head.size < before.size || head.at <= before.at)) accuse('head_out_of_order', number);
    signed.push({ number, head });
    lastHead = jws;
  }
  for (const jws of kept) {
    const head = await orNull(verifyHead(jws, pins.log));
    if (head) signed.push({ number: 0, head });
    else accuse('head_forged', 'given');
  }
  await holdToHeads(log.entries, read, signed, accuse);
  const pinned = await Promise.all(pins.witnesses.map(({ jwk }) => thumbprint(jwk)));
  const over = new Map(log.heads.map(({ number, head }) => [number, head]));
  for (const { head, witness, cosignature } of log.cosignatures) {
    // Of whom is no longer named nothing can be said.
    if (!pinned.includes(witness)) continue;
    if ((await witnessOf(cosignature, over.get(head) ?? '', pins)) !== witness) accuse('cosignature_forged', head);
  }
  if (log.keys) holdToTables(read, log.keys, accuse);
  if (log.days) holdToDays(read, log.days, accuse);
  return { entries: log.entries.length, heads: log.heads.length, lastHead, faults };
}

type Accuse = (kind: FaultKind, subject: string | number) => void;

function readRow({ position, entry, ...found }: LogToVerify['entries'][number], accuse: Accuse): LogEntry | null {
  try {
    const read = readEntry(entry);
    const { agency, use, kid } = foundBy(read);
    const same = found.agency === agency && found.use === use && found.kid === kid && found.act === read.act;
    if (!same) accuse('entry_changed', position);
    return read;
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    accuse('entry_changed', position);
    return null;
  }
}

/** By which an entry is found in the table. */
export function foundBy(entry: LogEntry): Pick<LogToVerify['entries'][number], 'agency' | 'use' | 'kid'> {
  if (entry.act === 'lodged') return { agency: null, use: null, kid: null };
  const { agency, use, kid } = entry;
  return { agency, use, kid };
}

async function holdToHeads(
  rows: LogToVerify['entries'],
  read: readonly (LogEntry | null)[],
  heads: readonly { readonly number: number; readonly head: KeyHead }[],
  accuse: Accuse,
): Promise<void> {
  const standing = new StandingKeys();
  let edge = CompactRange.EMPTY;
  const takeUpTo = (size: number): void => {
    for (let at = edge.size; at < size; at += 1) takeOne(standing, read[at] ?? null, at, accuse);
    edge = edge.append(rows.slice(edge.size, size).map(({ entry }) => leafHash(Buffer.from(entry))));
  };
  for (const { number, head } of heads.toSorted((a, b) => a.head.size - b.head.size)) {
    if (head.size > rows.length) {
      accuse('log_cut_off', head.size);
      continue;
    }
    takeUpTo(head.size);
    const leaves = await standing.texts();
    const fits =
      written(edge.root()) === head.root &&
      leaves.length === head.agencies &&
      written(treeOf(leaves).root) === head.standing;
    if (!fits) accuse('head_not_of_this_log', number);
  }
  takeUpTo(rows.length);
}

function takeOne(standing: StandingKeys, entry: LogEntry | null, at: number, accuse: Accuse): void {
  if (!entry) return;
  try {
    standing.take(entry);
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    accuse('entry_impossible', at);
  }
}

function holdToTables(read: readonly (LogEntry | null)[], keys: readonly KeyInTables[], accuse: Accuse): void {
  const name = ({ agency, use, kid }: Pick<KeyLogEntry, 'agency' | 'use' | 'kid'>): string => `${agency} ${use} ${kid}`;
  const logged = new Map<string, KeyLogEntry>();
  for (const entry of read) if (entry && entry.act !== 'lodged') logged.set(name(entry), entry);
  for (const key of keys) {
    const last = logged.get(name(key))?.act;
    logged.delete(name(key));
    if (key.stands && last === undefined) accuse('key_not_logged', key.kid);
    if (key.stands && last === 'retired') accuse('retired_in_log_only', key.kid);
    if (!key.stands && last === 'added') accuse('retirement_missing', key.kid);
  }
  for (const { kid } of logged.values()) accuse('key_unknown', kid);
}

/** Compares up to the last day that the log has: the next is written down in a moment. */
function holdToDays(read: readonly (LogEntry | null)[], days: readonly DayInTables[], accuse: Accuse): void {
  const logged = new Map(read.flatMap((entry) => (entry?.act === 'lodged' ? [[entry.on, entry.root] as const] : [])));
  const last = [...logged.keys()].at(-1) ?? '';
  const stored = new Map(days.filter(({ on }) => on <= last).map(({ on, root }) => [on, root]));
  for (const on of new Set([...logged.keys(), ...stored.keys()])) {
    if (logged.get(on) !== stored.get(on)) accuse('day_changed', on);
  }
}

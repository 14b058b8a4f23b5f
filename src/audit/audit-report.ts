import type { JWK } from 'jose';
import type { AuditBacklog } from './audit.js';
import { headReader, type AuditHead } from './audit-head.js';
import { entryLeafHash } from './audit-leaf.js';
import type { AuditSource, StoredHead } from './audit-source.js';
import { CompactRange } from './compact-range.js';
import type { Hash } from './merkle.js';

/** What can be wrong with a log, and what the subject of a fault then names. */
type FaultKind =
  | 'entry_changed' // id of the entry: it is not what its leaf recorded
  | 'entry_deleted' // id of the entry: its leaf is still there
  | 'entry_outside' // id of the entry: neither in the tree nor waiting for it
  | 'pending_stray' // id of an entry that waits although it is gone or chained already
  | 'leaf_deleted' // position of the leaf
  | 'head_forged' // size of the head: its signature or what is stored with it is not ours
  | 'head_not_of_this_tree' // size of the head: leaves before it were changed, exchanged or put in another order
  | 'tree_cut_off'; // size of a head that is larger than the tree

interface Fault {
  readonly kind: FaultKind;
  /** An id, a position or a size, never what was recorded. */
  readonly subject: string;
}

/** What verifying the log came to. It is whole where `faults` is empty. */
export interface AuditReport {
  readonly leaves: number;
  readonly heads: number;
  /** The last stored head with a good signature, to be noted elsewhere: a later run can be held to it. */
  readonly lastHead: { readonly size: number; readonly on: string; readonly signature: string } | null;
  readonly backlog: AuditBacklog;
  /** The first hundred. */
  readonly faults: readonly Fault[];
}

type Accuse = (kind: FaultKind, subject: string) => void;

const MOST_FAULTS = 100;
const LEAVES_A_PAGE = 5_000;
const HEADS_A_PAGE = 200;

/**
 * Verifies the whole log: hashes every entry again, builds the tree again, and holds it to every signed head.
 * Reads page by page and keeps only the right edge of the tree.
 *
 * @param source the log
 * @param keys public keys whose heads are believed
 * @param kept heads that were noted elsewhere, as compact JWS; they find a log that was cut off together with its heads
 */
export async function verifyAudit(
  source: AuditSource,
  keys: readonly JWK[],
  kept: readonly string[] = [],
): Promise<AuditReport> {
  const faults: Fault[] = [];
  const accuse: Accuse = (kind, subject) => {
    if (faults.length < MOST_FAULTS) faults.push({ kind, subject });
  };
  const leaves = checkedLeaves(source, accuse);
  let tree = CompactRange.EMPTY;
  const growTo = async (size: number): Promise<void> => {
    while (tree.size < size) {
      const leaf = await leaves.next();
      if (leaf.done) return;
      tree = tree.append([leaf.value]);
    }
  };

  let heads = 0;
  let lastHead: AuditReport['lastHead'] = null;
  let misfit = false;
  for await (const head of signedHeads(source, keys, kept, accuse)) {
    await growTo(head.size);
    // Of the heads that do not fit only the first is named: it says where to look, and every later one must differ too.
    if (tree.size < head.size) accuse('tree_cut_off', head.size.toString());
    else if (!misfit && !same(tree.root(), head.root)) accuse('head_not_of_this_tree', head.size.toString());
    else if (!misfit && head.edge && !same(tree.toBytes(), head.edge)) accuse('head_forged', head.size.toString());
    misfit ||= !same(tree.root(), head.root);
    if (head.edge) {
      heads += 1;
      lastHead = head;
    }
  }
  await growTo(Number.POSITIVE_INFINITY);
  for (const id of await source.lostEntries(MOST_FAULTS)) accuse('entry_outside', id);
  for (const id of await source.strayPending(MOST_FAULTS)) accuse('pending_stray', id);
  return { leaves: tree.size, heads, lastHead, backlog: await source.backlog(), faults };
}

/** The stored hash of every leaf in order, each held against its entry and its place. */
async function* checkedLeaves(source: AuditSource, accuse: Accuse): AsyncGenerator<Hash, undefined> {
  for (let after = '-1'; ;) {
    const page = await source.leaves(after, LEAVES_A_PAGE);
    if (page.length === 0) return;
    for (const leaf of page) {
      const expected = (BigInt(after) + 1n).toString();
      if (leaf.position !== expected) accuse('leaf_deleted', expected);
      if (!leaf.entry) accuse('entry_deleted', leaf.entryId);
      else if (!same(entryLeafHash(leaf.entry), leaf.leafHash)) accuse('entry_changed', leaf.entryId);
      yield leaf.leafHash;
      after = leaf.position;
    }
  }
}

interface SignedHead extends AuditHead {
  readonly signature: string;
  /** As stored; a head that was kept elsewhere has none. */
  readonly edge?: Uint8Array;
}

/** The heads with a good signature by size, those that were kept elsewhere among them. */
async function* signedHeads(
  source: AuditSource,
  keys: readonly JWK[],
  kept: readonly string[],
  accuse: Accuse,
): AsyncGenerator<SignedHead> {
  const read = headReader(keys);
  const noted: SignedHead[] = [];
  for (const signature of kept) {
    const head = await read(signature);
    if (head) noted.push({ ...head, signature });
    else accuse('head_forged', 'given');
  }
  noted.sort((a, b) => a.size - b.size);
  for (let after = '0'; ;) {
    const page = await source.heads(after, HEADS_A_PAGE);
    if (page.length === 0) break;
    for (const stored of page) {
      after = stored.size;
      const head = await read(stored.signature);
      if (head && agree(stored, head)) {
        while (noted[0] && noted[0].size <= head.size) yield* noted.splice(0, 1);
        yield { ...head, signature: stored.signature, edge: stored.edge };
      } else {
        accuse('head_forged', stored.size);
      }
    }
  }
  yield* noted;
}

function agree(stored: StoredHead, signed: AuditHead): boolean {
  return stored.size === signed.size.toString() && same(stored.root, signed.root) && stored.on === signed.on;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

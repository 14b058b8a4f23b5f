import type { JWK } from 'jose';
import type { AuditBacklog } from './audit.js';
import type { Accuse, Fault } from './audit-fault.js';
import { headReader, type AuditHead } from './audit-head.js';
import { entryLeafHash } from './audit-leaf.js';
import type { AuditSource, StoredHead } from './audit-source.js';
import { CompactRange } from './compact-range.js';
import { same, type Hash } from './merkle.js';
import { CheckedNodes } from './checked-nodes.js';
import { checkDays, type CheckedDays } from './check-days.js';

/** What verifying the log came to. It is whole where `faults` is empty. */
export interface AuditReport {
  readonly leaves: number;
  readonly heads: number;
  /** How many days have a published head. */
  readonly days: number;
  /** The last stored head with a good signature, to be noted elsewhere: a later run can be held to it. */
  readonly lastHead: { readonly size: number; readonly on: string; readonly signature: string } | null;
  readonly backlog: AuditBacklog;
  /** The first hundred. */
  readonly faults: readonly Fault[];
}

/** What an earlier look found good. */
export interface FoundGood {
  /** What lies in it is not read again. */
  readonly tree: CompactRange;
  /** The day on which the whole log was looked at last, YYYY-MM-DD: no entry of a day before it lay outside the tree. */
  readonly wholeOn: string;
}

const TREE_FAULTS: ReadonlySet<Fault['kind']> = new Set(['leaf_deleted', 'head_not_of_this_tree', 'tree_cut_off']);
const MOST_FAULTS = 100;
const LEAVES_A_PAGE = 5_000;
const HEADS_A_PAGE = 200;

/**
 * Verifies the whole log: hashes every entry again, builds the tree again, and holds it to every signed head.
 * Reads page by page and keeps only the right edge of the tree.
 *
 * @param source the log
 * @param keys public keys whose heads are believed
 * @param kept heads that were noted elsewhere, as compact JWS, of the tree or published of days; they find a log that
 *   was cut off together with its heads
 * @param good what is taken for good; null: nothing
 */
export async function verifyAudit(
  source: AuditSource,
  keys: readonly JWK[],
  kept: readonly string[] = [],
  good: FoundGood | null = null,
): Promise<AuditReport> {
  const faults: Fault[] = [];
  const begin = good?.tree ?? CompactRange.EMPTY;
  const accuse: Accuse = (kind, subject) => {
    if (faults.length < MOST_FAULTS) faults.push({ kind, subject });
  };
  const leaves = checkedLeaves(source, begin.size, accuse);
  const nodes = new CheckedNodes(source, MOST_FAULTS, begin.size);
  let tree = begin;
  const growTo = async (size: number): Promise<void> => {
    while (tree.size < size) {
      const leaf = await leaves.next();
      if (leaf.done) return;
      tree = tree.append([leaf.value], nodes.completed);
      await nodes.check(tree.size);
    }
  };

  let heads = 0;
  let lastHead: AuditReport['lastHead'] = null;
  let misfit = false;
  const days = await checkDays(await source.days(), keys, kept, accuse);
  for await (const head of signedHeads(source, keys, days, begin.size, accuse)) {
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
  await nodes.finish(tree.size);
  for (const id of await source.lostEntries(MOST_FAULTS, good?.wholeOn ?? null)) accuse('entry_outside', id);
  for (const id of await source.strayPending(MOST_FAULTS)) accuse('pending_stray', id);
  // Of a tree that is not the signed one the nodes say nothing.
  const whole = !faults.some(({ kind }) => TREE_FAULTS.has(kind));
  for (const name of whole ? nodes.wrong : []) accuse('node_changed', name);
  const backlog = await source.backlog();
  return { leaves: tree.size, heads, days: days.count, lastHead, backlog, faults };
}

/** The stored hash of every leaf in order, each held against its entry and its place. */
async function* checkedLeaves(source: AuditSource, from: number, accuse: Accuse): AsyncGenerator<Hash, undefined> {
  for (let after = (from - 1).toString(); ;) {
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
  /** As stored; a head that was kept elsewhere or that a day commits to has none. */
  readonly edge?: Uint8Array;
}

/** The heads with a good signature by size, those that were kept elsewhere and those the days commit to among them. */
async function* signedHeads(
  source: AuditSource,
  keys: readonly JWK[],
  { kept, trees }: Pick<CheckedDays, 'kept' | 'trees'>,
  from: number,
  accuse: Accuse,
): AsyncGenerator<SignedHead> {
  const read = headReader(keys);
  const noted: SignedHead[] = trees.map((tree) => ({ ...tree, signature: '' }));
  for (const signature of kept) {
    const head = await read(signature);
    if (head) noted.push({ ...head, signature });
    else accuse('head_forged', 'given');
  }
  noted.sort((a, b) => a.size - b.size);
  noted.splice(0, noted.filter(({ size }) => size < from).length);
  for (let after = Math.max(0, from - 1).toString(); ;) {
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

import type { EntityManager } from 'typeorm';
import { leafHash, MerkleTree } from '../../audit/merkle.js';
import { readEntry, StandingKeys } from '../../vault/key-log.js';
import type { WitnessedHead } from '../../vault/key-heads.js';

const PAGE = 10_000;

/** The log after so many entries, with its two trees. */
export interface LogAt {
  readonly entries: readonly string[];
  readonly tree: MerkleTree;
  readonly standing: StandingKeys;
  /** One leaf for each agency, in the order of their ids. */
  readonly leaves: readonly string[];
  readonly standingTree: MerkleTree;
}

/** Builds both trees over some entries. @throws {VaultError} where they are not entries, or do not follow each other */
export async function logAt(entries: readonly string[]): Promise<LogAt> {
  const standing = new StandingKeys();
  for (const entry of entries) standing.take(readEntry(entry));
  const leaves = await standing.texts();
  return { entries, tree: treeOf(entries), standing, leaves, standingTree: treeOf(leaves) };
}

/** The RFC 6962 tree over texts. */
export function treeOf(texts: readonly string[]): MerkleTree {
  return new MerkleTree(texts.map((text) => leafHash(Buffer.from(text))));
}

/** A hash as it is written. */
export function written(hash: Uint8Array): string {
  return Buffer.from(hash).toString('base64url');
}

/** The entries from one position up to another, in order. */
export async function storedEntries(manager: EntityManager, from: number, to: number): Promise<string[]> {
  const entries: string[] = [];
  while (from + entries.length < to) {
    const page = await manager.query<{ entry: string }[]>(
      'SELECT entry FROM key_log_entries WHERE position >= $1 AND position < $2 ORDER BY position LIMIT $3',
      [from + entries.length, to, PAGE],
    );
    if (page.length === 0) break;
    entries.push(...page.map(({ entry }) => entry));
  }
  return entries;
}

/** A head as it is stored. */
export interface StoredHead {
  readonly number: number;
  readonly size: number;
  readonly head: string;
  readonly signedAt: Date;
}

const HEAD = 'SELECT number::integer, size::integer, head, signed_at AS "signedAt" FROM key_log_heads';

/** The newest head, whoever has seen it. */
export async function newestHead(manager: EntityManager): Promise<StoredHead | null> {
  const [row] = await manager.query<StoredHead[]>(`${HEAD} ORDER BY number DESC LIMIT 1`);
  return row ?? null;
}

/** The newest head that enough of these witnesses have seen. */
export async function newestWitnessed(
  manager: EntityManager,
  kids: readonly string[],
  fewest: number,
): Promise<StoredHead | null> {
  const [row] = await manager.query<StoredHead[]>(
    `${HEAD} WHERE number = (SELECT head FROM key_log_cosignatures WHERE witness = ANY ($1)
                              GROUP BY head HAVING count(*) >= $2 ORDER BY head DESC LIMIT 1)`,
    [kids, fewest],
  );
  return row ?? null;
}

/** A head with all that witnesses signed over it. */
export async function withCosignatures(
  manager: EntityManager,
  { number, head }: Pick<StoredHead, 'number' | 'head'>,
): Promise<WitnessedHead> {
  const rows = await manager.query<{ cosignature: string }[]>(
    'SELECT cosignature FROM key_log_cosignatures WHERE head = $1 ORDER BY witness',
    [number],
  );
  return { head, cosignatures: rows.map(({ cosignature }) => cosignature) };
}
